using AudienceSync.Domain.Events;
using JasperFx.Events;
using Marten.Events.Aggregation;

namespace AudienceSync.Host.EventStore;

/// <summary>Folds an anchor's events, live.</summary>
public sealed class PersonStreamProjection : SingleStreamProjection<PersonStream, Guid>
{
    public override PersonStream? Evolve(PersonStream? snapshot, Guid id, IEvent e)
    {
        var person = snapshot ?? new PersonStream { Id = id };
        switch (e.Data)
        {
            case AudienceMemberAdded added:
                var known = person.Keys.GetValueOrDefault(added.AudienceKey) ?? new KeyTimes(null, null);
                person.Keys[added.AudienceKey] = known with { AddedAt = Later(known.AddedAt, added.OccurredAt) };
                break;
            case AudienceMemberRemoved removed:
                var before = person.Keys.GetValueOrDefault(removed.AudienceKey) ?? new KeyTimes(null, null);
                person.Keys[removed.AudienceKey] = before with { RemovedAt = Later(before.RemovedAt, removed.OccurredAt) };
                break;
            default:
                break;
        }

        return person;
    }

    private static DateTimeOffset Later(DateTimeOffset? known, DateTimeOffset next) => known is { } time && time > next ? time : next;
}
