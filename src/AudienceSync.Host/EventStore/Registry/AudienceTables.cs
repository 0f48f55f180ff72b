using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using JasperFx.Events;
using Marten;
using Marten.Events.Projections;

namespace AudienceSync.Host.EventStore.Registry;

/// <summary>
/// The registry's flat tables, as an inline projection: every append to an audience's stream, by any program, writes the rows in the same
/// transaction, so no reader sees one without the other.
/// </summary>
internal sealed class AudienceTables : IProjection
{
    public async Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var stream in events.Where(appended => appended.Data is IRegistryEvent).GroupBy(appended => appended.StreamId))
        {
            // The appended events are queued, not written: this is the audience before them.
            var known = await operations.Events.AggregateStreamAsync<AudienceStream>(stream.Key, token: cancellation);
            var audience = known?.Audience;
            foreach (var appended in stream)
            {
                var stored = (IRegistryEvent)appended.Data;
                var before = audience ?? new Audience(stored.Audience);
                audience = before.Apply(stored);
                operations.QueueOperation(
                    new SqlOperation([
                        .. RegistryRows.Of(stored, appended.Timestamp),
                        .. RegistryRows.OfDrains(before, audience, new EventId(appended.Id), appended.Timestamp),
                    ])
                );
            }
        }
    }
}
