using JasperFx.Events;
using Marten.Events.Aggregation;

namespace AudienceSync.Bench.Stock;

/// <summary>Projects <see cref="StockMember"/>, one event after the other.</summary>
public sealed class StockMemberProjection : SingleStreamProjection<StockMember, Guid>
{
    public override StockMember? Evolve(StockMember? snapshot, Guid id, IEvent e)
    {
        snapshot ??= new StockMember { Id = id };
        switch (e.Data)
        {
            case StockAdded added:
                Keep(snapshot.AddedAt, added.AudienceKey, added.OccurredAt);
                break;
            case StockRemoved removed:
                Keep(snapshot.RemovedAt, removed.AudienceKey, removed.OccurredAt);
                break;
        }

        return snapshot;
    }

    private static void Keep(Dictionary<string, DateTimeOffset> times, string key, DateTimeOffset at) =>
        times[key] = times.TryGetValue(key, out DateTimeOffset known) && known > at ? known : at;
}
