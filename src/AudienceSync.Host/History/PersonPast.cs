using AudienceSync.Domain.Events;
using AudienceSync.Domain.History;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Storage.Audiences;
using AudienceSync.Host.Storage.History;

namespace AudienceSync.Host.History;

/// <summary>A span of time in which a person was one thing in a key, and the event that began it; of an expiry, the add whose window ended.</summary>
public sealed record KeySpan(string AudienceKey, MembershipStatus Status, DateTimeOffset Since, DateTimeOffset? Until, EventView Event);

/// <summary>What a person was in every key, by what happened. <paramref name="Person"/> is the root of whoever was asked for.</summary>
public sealed record PersonHistory(Guid Person, IReadOnlyList<Guid> Anchors, IReadOnlyList<KeySpan> Spans);

/// <summary>All events of a person, with those of everybody who is linked to him now, folded by what happened.</summary>
public sealed class PersonPast(PastReader reader, PersonTrail trail, AudienceKeys keys, TimeProvider clock)
{
    internal AudienceKeys Keys => keys;

    /// <summary>Null when nobody has this id.</summary>
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
        foreach (var key in await KeysOfAsync(facts.Select(one => one.Fact.AudienceKey).Distinct(StringComparer.Ordinal), cancellationToken))
        {
            var past = keys.PastOf(key);
            spans.AddRange(MembershipTimeline.Of(
                    facts.Where(one => past.Hears(one.Fact.AudienceKey)), streams.SelectMany(stream => stream.PermissionFacts), key.Window, key.ConsentPolicy, asOf.At)
                .Select(span => new KeySpan(past.AudienceKey, span.Status, span.Since, span.Until, EventView.Of(events[span.Position]))));
        }

        return new PersonHistory(root.Value, [.. anchors.Select(anchor => anchor.Value)], spans);
    }

    /// <summary>A person as he is linked now: the streams, his root, his anchors. Null when nobody has this id.</summary>
    internal async Task<(PastPeople People, PersonId Root, IReadOnlyList<PersonId> Anchors, AsOf Now)?> LoadAsync(PersonId person, CancellationToken cancellationToken)
    {
        var asOf = new AsOf(clock.GetUtcNow(), AsOfMeaning.Happened, await reader.ProjectedAsync(cancellationToken));
        var loader = new PastLoader(reader, asOf.Last);
        await loader.LoadAsync([person], [asOf], cancellationToken);
        var root = loader.People.RootAt(person, asOf);
        var anchors = loader.People.AnchorsAt(root, asOf);
        return loader.People.StreamOf(person).IsEmpty ? null : (loader.People, root, anchors, asOf);
    }

    // Those that were named, and whichever inherit from them.
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

        return facts.Concat(facts.SelectMany(key => keys.SuccessorsOf(key.KeyId))).DistinctBy(key => key.KeyId).OrderBy(key => key.Key.Value, StringComparer.Ordinal);
    }

    /// <summary>A key by its name, read again when another Host may have published it a moment ago; null when nobody has.</summary>
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
