using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using JasperFx.Events;
using Marten.Events.Aggregation;

namespace AudienceSync.Host.EventStore;

/// <summary>The latest add and remove of a person for one key, by the sender's time; null where there was none.</summary>
public sealed record KeyTimes(DateTimeOffset? AddedAt, DateTimeOffset? RemovedAt)
{
    /// <summary>Present when the add is later than the remove; a tie is a removal.</summary>
    public bool IsPresent => AddedAt is { } added && (RemovedAt is not { } removed || added > removed);
}

/// <summary>
/// One anchor's stream, aggregated: the latest add and remove per key. Windows, links to other anchors, consent and suppression are not in
/// it; the membership projection has them.
/// </summary>
public sealed class PersonStream
{
    /// <summary>The anchor.</summary>
    public Guid Id { get; set; }

    public Dictionary<AudienceKey, KeyTimes> Keys { get; init; } = [];
}

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
