using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.History;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Audiences;

namespace AudienceSync.Host.History;

/// <summary>
/// A span of time with one status of a person in a key, and the event that began it; for an expiry, the add whose window ended.
/// </summary>
public sealed record KeySpan(string AudienceKey, MembershipStatus Status, DateTimeOffset Since, DateTimeOffset? Until, EventView Event);

/// <summary>
/// The status of a person in every key over time, by occurrence time. <paramref name="Person"/> is the root of the queried person.
/// </summary>
public sealed record PersonHistory(Guid Person, IReadOnlyList<Guid> Anchors, IReadOnlyList<KeySpan> Spans);

/// <summary>All events of a person and of everyone linked to that person now, folded by occurrence time.</summary>
public sealed class PersonPast(PastQueries reader, PersonTrailQueries trail, AudienceKeys keys, TimeProvider clock)
{
    internal AudienceKeys Keys => keys;

    /// <summary>Null when no person has this id.</summary>
    public async Task<PersonHistory?> HistoryAsync(PersonId person, CancellationToken cancellationToken)
    {
        if (await LoadAsync(person, cancellationToken) is not var (people, root, anchors, asOf))
        {
            return null;
        }

        var streams = anchors.Select(people.StreamOf).ToList();
        var events = (await trail.EventsAsync(anchors, cancellationToken)).ToDictionary(one => one.Position);
        var spans = new List<KeySpan>();
        var facts = streams.SelectMany(stream => stream.MembershipFacts).ToList();
        foreach (
            var key in await KeysOfAsync(facts.Select(one => one.Fact.AudienceKey).Distinct(StringComparer.Ordinal), cancellationToken)
        )
        {
            var past = keys.PastOf(key);
            spans.AddRange(
                MembershipTimeline
                    .Of(
                        facts.Where(one => past.Includes(one.Fact.AudienceKey)),
                        streams.SelectMany(stream => stream.PermissionFacts),
                        key.Window,
                        key.ConsentPolicy,
                        asOf.At
                    )
                    .Select(span => new KeySpan(past.AudienceKey, span.Status, span.Since, span.Until, EventView.Of(events[span.Position])))
            );
        }

        return new PersonHistory(root.Value, [.. anchors.Select(anchor => anchor.Value)], spans);
    }

    /// <summary>A person with their current links: the streams, the root, the anchors. Null when no person has this id.</summary>
    internal async Task<(PastPeople People, PersonId Root, IReadOnlyList<PersonId> Anchors, AsOf Now)?> LoadAsync(
        PersonId person,
        CancellationToken cancellationToken
    )
    {
        var asOf = new AsOf(clock.GetUtcNow(), AsOfMeaning.Happened, await reader.ProjectedAsync(cancellationToken));
        var loader = new PastLoader(reader, asOf.Last);
        await loader.LoadAsync([person], [asOf], cancellationToken);
        var root = loader.People.RootAt(person, asOf);
        var anchors = loader.People.AnchorsAt(root, asOf);
        return loader.People.StreamOf(person).IsEmpty ? null : (loader.People, root, anchors, asOf);
    }

    // The named keys, and the keys that inherit from them.
    private async Task<IEnumerable<PublishedKey>> KeysOfAsync(IEnumerable<string> named, CancellationToken cancellationToken)
    {
        var facts = new List<PublishedKey>();
        foreach (var name in named)
        {
            if (await KeyAsync(name, cancellationToken) is { } key)
            {
                facts.Add(key);
            }
        }

        return facts
            .Concat(facts.SelectMany(key => keys.SuccessorsOf(key.KeyId)))
            .DistinctBy(key => key.KeyId)
            .OrderBy(key => key.Key.Value, StringComparer.Ordinal);
    }

    /// <summary>
    /// A key by its name. The keys are reloaded when it is unknown, because another Host may just have published it; null when it is not
    /// published.
    /// </summary>
    internal async Task<PublishedKey?> KeyAsync(string name, CancellationToken cancellationToken)
    {
        if (keys.ByName(name) is { } known)
        {
            return known;
        }

        await keys.ReloadAsync(cancellationToken);
        return keys.ByName(name);
    }
}
