namespace AudienceSync.Domain.Syncing;

/// <summary>What happens when an outcome has been repeated for as long as its bound allows.</summary>
public enum BoundEnd
{
    /// <summary>The outcome is final: the members are settled.</summary>
    Settled = 1,

    /// <summary>
    /// The lane of the remote audience is parked until an operator resumes it. Its position does not move, so nothing is lost.
    /// </summary>
    ParkLane,

    /// <summary>The account continues to retry, rarely, and is shown as overdue. Nothing is dropped.</summary>
    ShowAccount,

    /// <summary>The remote audience stops at the first such answer.</summary>
    StopList,

    /// <summary>The account stops at the first such answer.</summary>
    StopAccount,
}

/// <summary>How long an outcome may be repeated without another in between, and what follows.</summary>
/// <param name="End">What follows.</param>
/// <param name="Time">The time since the first such answer; null when time does not matter.</param>
/// <param name="Calls">Calls in a row; null when their number does not matter.</param>
public readonly record struct RetryBound(BoundEnd End, TimeSpan? Time = null, int? Calls = null)
{
    /// <summary>Whether the bound is reached.</summary>
    /// <param name="lasted">The time since the first such answer.</param>
    /// <param name="calls">Answers of this kind in a row, the last included.</param>
    public bool IsReached(TimeSpan lasted, int calls) => lasted >= Time || calls >= Calls;
}
