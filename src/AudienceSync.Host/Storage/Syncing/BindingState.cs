namespace AudienceSync.Host.Storage.Syncing;

/// <summary>What a call leaves behind on its binding and account.</summary>
/// <param name="Lane">The lane it was made for.</param>
/// <param name="Place">The lane's new place; null to leave it.</param>
/// <param name="Attempts">The lane's failed attempts in a row.</param>
/// <param name="NextTryAt">Not before.</param>
/// <param name="BindingStopped">Why a human must look at this remote audience.</param>
/// <param name="AccountBlockedUntil">How long the whole account must wait.</param>
/// <param name="AccountStopped">Why a human must look at the account.</param>
/// <param name="UsedPercent">The account's budget as the platform last told it; null when it said nothing.</param>
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

    /// <summary>The lane's answers in a row that no table knows.</summary>
    public int Unknowns { get; init; }

    /// <summary>Why the lane waits until <see cref="NextTryAt"/>.</summary>
    public string? WaitCode { get; init; }

    /// <summary>The next time of a lane that is parked: not before a human resumes it.</summary>
    public static readonly DateTimeOffset Never = DateTimeOffset.MaxValue;

    /// <summary>Since when the lane has had no answer that is an end; null when it is settled.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>When the last answer came that was no end.</summary>
    public DateTimeOffset? AnswerAt { get; init; }

    /// <summary>The account's throttled answers in a row; null to leave the number.</summary>
    public int? Throttles { get; init; }

    /// <summary>When the first of them came.</summary>
    public DateTimeOffset? ThrottledSince { get; init; }
}
