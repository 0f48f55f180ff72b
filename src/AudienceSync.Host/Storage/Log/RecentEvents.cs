using AudienceSync.Domain.Events;

namespace AudienceSync.Host.Storage.Log;

/// <summary>
/// Ids that this host committed lately. Who is in here is in the log, for ever; who is not may be there all the same. So most retries, which come
/// soon after the first try, are told as duplicates without asking the database. Bounded by two generations.
/// </summary>
internal sealed class RecentEvents(int eventsPerGeneration = 200_000)
{
    private HashSet<Guid> _young = [];
    private HashSet<Guid> _old = [];

    public bool Contains(EventId id) => _young.Contains(id.Value) || _old.Contains(id.Value);

    /// <summary>Takes over what was committed.</summary>
    public void Learn(List<Guid> ids)
    {
        if (_young.Count >= eventsPerGeneration)
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }

        _young.UnionWith(ids);
    }
}
