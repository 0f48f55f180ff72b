namespace AudienceSync.Domain.Syncing;

/// <summary>What happens when an outcome has come for as long as its bound allows.</summary>
public enum BoundEnd
{
    /// <summary>The outcome is an end in itself: the members are settled.</summary>
    Settled = 1,

    /// <summary>The lane of the list rests until a human resumes it. Its place does not move, so nothing is forgotten.</summary>
    ParkLane,

    /// <summary>The account goes on asking, rarely, and is shown as waiting for too long. Nothing is dropped.</summary>
    ShowAccount,

    /// <summary>The list rests at the first such answer.</summary>
    StopList,

    /// <summary>The account rests at the first such answer.</summary>
    StopAccount,
}

/// <summary>How long an outcome may come without another between, and what follows.</summary>
/// <param name="End">What follows.</param>
/// <param name="Time">From the first such answer on; null when time does not matter.</param>
/// <param name="Calls">Calls in a row; null when their number does not matter.</param>
public readonly record struct RetryBound(BoundEnd End, TimeSpan? Time = null, int? Calls = null)
{
    /// <summary>Whether the bound is reached.</summary>
    /// <param name="lasted">Since the first such answer.</param>
    /// <param name="calls">Answers of this kind in a row, the last included.</param>
    public bool IsReached(TimeSpan lasted, int calls) => lasted >= Time || calls >= Calls;
}
