using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using JasperFx.Events;
using Marten.Events.Aggregation;

namespace AudienceSync.Host.EventStore.Registry;

/// <summary>Folds an audience's events by the rules of Domain, live: the flat tables are <see cref="AudienceTables"/>.</summary>
public sealed class AudienceStreamProjection : SingleStreamProjection<AudienceStream, Guid>
{
    public override AudienceStream? Evolve(AudienceStream? snapshot, Guid id, IEvent e) =>
        e.Data is not IRegistryEvent stored
            ? snapshot
            : new AudienceStream
            {
                Id = id,
                Version = e.Version,
                Audience = (snapshot?.Audience ?? new Audience(stored.Audience)).Apply(stored),
            };
}
