using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Host.Sync.Lanes;

namespace AudienceSync.Host.Sync;

/// <summary>
/// A remote audience as the sync loop reads it: which key feeds it, how far each lane has come, whether it may be worked on, and for which
/// normalizer every member of it was last processed. <paramref name="HasMarked"/>: members are marked to be processed again apart from the
/// lanes.
/// </summary>
public sealed record Binding(
    int BindingId,
    string Audience,
    string Remote,
    int KeyId,
    long RemovalPos,
    long AddPos,
    int RemovalAttempts,
    DateTimeOffset? RemovalNextAt,
    int AddAttempts,
    DateTimeOffset? AddNextAt,
    string? StoppedCode,
    NormalizerVersion? Normalizer,
    string Destination,
    bool ConsentRequired,
    bool HasMarked
)
{
    /// <summary>Identifiers that are not delivered, because the key that feeds it does not match by them.</summary>
    public MatchKeys Omitted { get; init; }

    /// <summary>Whether the remote audience is ours alone.</summary>
    public bool Exclusive { get; init; }

    /// <summary>Whether all its members are being replaced.</summary>
    public bool HasSession { get; init; }

    /// <summary>When the earliest residual delivery is to be processed; null when there is none.</summary>
    public DateTimeOffset? ResidualsDueAt { get; init; }

    /// <summary>Whether removals were set aside and their plan has not ended.</summary>
    public bool HasPlans { get; init; }

    /// <summary>The lanes whose run has not ended, as a sum of their numbers.</summary>
    public int OpenRuns { get; init; }

    /// <summary>Whether the run of a lane has not ended.</summary>
    public bool HasOpenRun(Lane lane) => (OpenRuns & lane.Number) != 0;

    /// <summary>Consecutive responses to removals that no outcome table has.</summary>
    public int RemovalUnknowns { get; init; }

    /// <summary>Removals up to this change may be sent; those behind it have not been evaluated yet (Sync/Holds/PlanGuard.cs).</summary>
    public long RemovalsUpto { get; init; } = long.MaxValue;

    /// <summary>Since when removals have had no conclusive response, and when the last response arrived.</summary>
    public (DateTimeOffset? Since, DateTimeOffset? AnswerAt) RemovalFailing { get; init; }

    /// <summary>As above, for adds.</summary>
    public (DateTimeOffset? Since, DateTimeOffset? AnswerAt) AddFailing { get; init; }

    /// <summary>The account's consecutive throttled responses, and since when.</summary>
    public (int InARow, DateTimeOffset? Since) Throttled { get; init; }

    /// <summary>Whether no page of adds has been settled yet: the remote audience may have just been created.</summary>
    public bool IsUntried => AddPos == 0;

    /// <summary>Consecutive responses to adds that no outcome table has.</summary>
    public int AddUnknowns { get; init; }
}

/// <summary>An ad account as the sync loop reads it.</summary>
public sealed record Account(DateTimeOffset? BlockedUntil, string? StoppedCode, int UsedPercent);
