using AudienceSync.Domain.Events;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// Ids that this host committed recently. An id in here is in the log permanently; an id that is not may still be in the log. So most
/// retries, which come soon after the first attempt, are recognized as duplicates without a database query. Bounded by two generations.
/// </summary>
internal sealed class RecentEvents(int eventsPerGeneration = 200_000)
{
    private HashSet<Guid> _young = [];
    private HashSet<Guid> _old = [];

    public bool Contains(EventId id) => _young.Contains(id.Value) || _old.Contains(id.Value);

    /// <summary>Takes over the committed ids.</summary>
    public void Store(List<Guid> ids)
    {
        if (_young.Count >= eventsPerGeneration)
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }

        _young.UnionWith(ids);
    }
}
