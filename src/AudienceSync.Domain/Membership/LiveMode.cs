using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Membership;

/// <summary>
/// For the live rows. A successor folds only the events after its publication: the earlier ones it takes over with its predecessor's rows.
/// </summary>
public sealed record LiveMode : FoldMode
{
    public LiveMode(AudienceKeySet keys, IReadOnlyList<PublishedKey> openSuccessors, IReadOnlyList<Drain> drains)
        : base(keys, KeyScope.AllKeys) => (OpenSuccessors, Drains) = (openSuccessors, drains);

    public override bool IsFoldedFor(PublishedKey successor, Position position) =>
        successor.PublishedPos is not { } published || position > published;
}
