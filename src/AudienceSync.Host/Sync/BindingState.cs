namespace AudienceSync.Host.Sync;

/// <summary>The state that a call leaves on its binding and account.</summary>
/// <param name="Lane">The lane it was made for.</param>
/// <param name="Place">The lane's new position; null to leave it.</param>
/// <param name="Attempts">The lane's consecutive failed attempts.</param>
/// <param name="NextTryAt">Not before.</param>
/// <param name="BindingStopped">Why an operator must act on this remote audience.</param>
/// <param name="AccountBlockedUntil">How long the whole account must wait.</param>
/// <param name="AccountStopped">Why an operator must act on the account.</param>
/// <param name="UsedPercent">The account's budget as the platform last reported it; null when it reported nothing.</param>
public sealed record BindingState(
    Lane Lane,
    long? Place,
    int Attempts,
    DateTimeOffset? NextTryAt,
    string? BindingStopped,
    DateTimeOffset? AccountBlockedUntil,
    string? AccountStopped,
    int? UsedPercent)
{
    /// <summary>Why the account must wait.</summary>
    public string? AccountBlockedCode { get; init; }

    /// <summary>The lane's consecutive responses that no outcome table has.</summary>
    public int Unknowns { get; init; }

    /// <summary>Why the lane waits until <see cref="NextTryAt"/>.</summary>
    public string? WaitCode { get; init; }

    /// <summary>The next attempt of a lane that is parked: not before an operator resumes it.</summary>
    public static readonly DateTimeOffset Never = DateTimeOffset.MaxValue;

    /// <summary>Since when the lane has had no conclusive response; null when it is settled.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>When the last inconclusive response arrived.</summary>
    public DateTimeOffset? AnswerAt { get; init; }

    /// <summary>The account's consecutive throttled responses; null to leave the number.</summary>
    public int? Throttles { get; init; }

    /// <summary>When the first of them arrived.</summary>
    public DateTimeOffset? ThrottledSince { get; init; }
}
