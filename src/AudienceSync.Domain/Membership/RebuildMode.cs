using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Membership;

/// <summary>
/// For rows that are made from the log alone: a successor folds all events of its predecessors and takes over nothing, and no late events
/// are counted, because they were when they came in.
/// </summary>
public sealed record RebuildMode(AudienceKeySet Keys, KeyScope Scope) : FoldMode(Keys, Scope)
{
    public override bool IsFoldedFor(PublishedKey successor, Position position) => Scope.Includes(successor.KeyId);
}
