namespace AudienceSync.Domain.Syncing;

/// <summary>The state of a lane and of its account before a call.</summary>
/// <param name="Attempts">The lane's consecutive failed attempts.</param>
/// <param name="NextTryAt">The lane waits until then; null when it does not wait.</param>
/// <param name="Unknowns">The lane's consecutive responses that no outcome table has.</param>
public readonly record struct LaneProgress(int Attempts, DateTimeOffset? NextTryAt, int Unknowns)
{
    /// <summary>Since when the lane has had no conclusive response; null when it is settled.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>When the last inconclusive response arrived.</summary>
    public DateTimeOffset? AnswerAt { get; init; }

    /// <summary>The lane's consecutive calls that were refused as a whole.</summary>
    public int Refusals { get; init; }

    /// <summary>The account's consecutive throttled responses.</summary>
    public int Throttles { get; init; }

    /// <summary>When the first of them arrived.</summary>
    public DateTimeOffset? ThrottledSince { get; init; }

    /// <summary>Whether no page of adds has been settled yet: the remote audience may have just been created.</summary>
    public bool IsUntried { get; init; }
}
