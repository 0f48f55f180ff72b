using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Host.Storage.Syncing;

/// <summary>A remote audience as the sync loop finds it: what feeds it, how far each lane has come, whether it may be
/// worked on, and for which normalizer everybody in it was last looked at. <paramref name="HasAgain"/>: somebody is to be looked at apart from
/// the lanes.</summary>
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
    bool HasAgain)
{
    /// <summary>When a former saying whose removal was refused is to be tried again; null when none remains.</summary>
    public DateTimeOffset? ResidualsDueAt { get; init; }

    /// <summary>Whether removals were set aside and their plan has not ended.</summary>
    public bool HasPlans { get; init; }

    /// <summary>Answers in a row to removals that no table knows.</summary>
    public int RemovalUnknowns { get; init; }

    /// <summary>Removals up to this change may be said; those behind it were not judged yet (Syncing/PlanGuard.cs).</summary>
    public long RemovalsUpto { get; init; } = long.MaxValue;

    /// <summary>Since when removals have had no answer that is an end, and when the last one came.</summary>
    public (DateTimeOffset? Since, DateTimeOffset? AnswerAt) RemovalFailing { get; init; }

    /// <summary>As above, of adds.</summary>
    public (DateTimeOffset? Since, DateTimeOffset? AnswerAt) AddFailing { get; init; }

    /// <summary>The account's throttled answers in a row, and since when.</summary>
    public (int InARow, DateTimeOffset? Since) Throttled { get; init; }

    /// <summary>Whether no page of adds has been settled yet: the list may have been made just now.</summary>
    public bool IsUntried => AddPos == 0;

    /// <summary>Answers in a row to adds that no table knows.</summary>
    public int AddUnknowns { get; init; }
}
