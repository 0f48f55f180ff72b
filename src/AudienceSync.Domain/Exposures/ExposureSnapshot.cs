using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Experiments;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.Exposures;

/// <summary>What a page of the log is folded onto.</summary>
/// <param name="Owners">Of every person of the page, and of every owner that it names: the person they were linked to.</param>
/// <param name="Members">Every membership of these people and of their owners.</param>
/// <param name="Keys">The published keys.</param>
/// <param name="SpellId">The number of the last spell.</param>
public sealed record ExposureSnapshot(
    IReadOnlyDictionary<PersonId, PersonId> Owners,
    IReadOnlyDictionary<RowId, ExposureMember> Members,
    AudienceKeySet Keys,
    long SpellId
)
{
    /// <summary>Which experiments ran when.</summary>
    public ExperimentCalendar Experiments { get; init; } = ExperimentCalendar.None;
}

/// <summary>A remote audience is fed by a key from a time on.</summary>
public readonly record struct ExposureFeed(RemoteAudience Remote, DateTimeOffset Since, int KeyId);
