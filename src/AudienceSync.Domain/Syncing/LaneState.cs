namespace AudienceSync.Domain.Syncing;

/// <summary>The state in which a call leaves its lane, the remote audience and the account.</summary>
/// <param name="Place">The lane's new position; null to leave it.</param>
/// <param name="Attempts">The lane's consecutive failed attempts.</param>
public sealed record LaneState(long? Place, int Attempts)
{
    /// <summary>The next attempt of a lane that is parked: not before an operator resumes it.</summary>
    public static readonly DateTimeOffset Never = DateTimeOffset.MaxValue;

    /// <summary>Not before.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>Why the lane waits until <see cref="NextTryAt"/>.</summary>
    public string? WaitCode { get; init; }

    /// <summary>The lane's consecutive responses that no outcome table has.</summary>
    public int Unknowns { get; init; }

    /// <summary>Since when the lane has had no conclusive response; null when it is settled.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>When the last inconclusive response arrived.</summary>
    public DateTimeOffset? AnswerAt { get; init; }

    /// <summary>Why an operator must act on this remote audience.</summary>
    public string? BindingStopped { get; init; }

    /// <summary>Why an operator must act on the account.</summary>
    public string? AccountStopped { get; init; }

    /// <summary>How long the whole account must wait.</summary>
    public DateTimeOffset? AccountBlockedUntil { get; init; }

    /// <summary>Why the account must wait.</summary>
    public string? AccountBlockedCode { get; init; }

    /// <summary>The account's budget as the platform last reported it; null when it reported nothing.</summary>
    public int? UsedPercent { get; init; }

    /// <summary>The account's consecutive throttled responses; null to leave the number.</summary>
    public int? Throttles { get; init; }

    /// <summary>When the first of them arrived.</summary>
    public DateTimeOffset? ThrottledSince { get; init; }

    /// <summary>Whether the lane rests until an operator resumes it.</summary>
    public bool IsParked => NextTryAt == Never;

    /// <summary>Why nothing more is sent until an operator acts; null when something is.</summary>
    public string? StopCode => AccountStopped ?? BindingStopped ?? (IsParked ? WaitCode : null);
}
