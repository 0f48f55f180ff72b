using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Membership;

/// <summary>What events are folded for: see <see cref="LiveMode"/> and <see cref="RebuildMode"/>.</summary>
/// <param name="Keys">The published keys.</param>
/// <param name="Scope">The keys whose rows are folded.</param>
public abstract record FoldMode(AudienceKeySet Keys, KeyScope Scope)
{
    /// <summary>
    /// Versions that have not yet taken over all rows that their predecessors had when they were published, in the order of publication, so
    /// that what one version takes over its own successor takes over, too.
    /// </summary>
    public IReadOnlyList<PublishedKey> OpenSuccessors { get; protected init; } = [];

    /// <summary>Versions that drain: their adds and removes are late, and counted.</summary>
    public IReadOnlyList<Drain> Drains { get; protected init; } = [];

    /// <summary>Whether an event of a predecessor at this position is folded for a successor, too.</summary>
    public abstract bool IsFoldedFor(PublishedKey successor, Position position);
}
