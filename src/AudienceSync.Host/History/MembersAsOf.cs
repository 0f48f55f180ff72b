using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.History;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Audiences;

namespace AudienceSync.Host.History;

/// <summary>A page of the members as of a time.</summary>
/// <param name="Position">The last event of the log that was taken into account.</param>
/// <param name="Next">Where the next page continues; null at the end. A page may be short, or empty, and still have a next one.</param>
public sealed record PastPage(DateTimeOffset At, AsOfMeaning Mode, long Position, IReadOnlyList<MemberView> Members, Guid? Next);

/// <summary>Whether a person entered or left between two times.</summary>
public enum MemberChangeKind
{
    Entered = 1,
    Left,
}

/// <summary>A person that is a member at only one of two times. <paramref name="Member"/> is their membership at that time.</summary>
public sealed record MemberChange(MemberChangeKind Change, MemberView Member);

/// <summary>A page of the difference between the members at two times.</summary>
public sealed record PastDiff(DateTimeOffset From, DateTimeOffset To, AsOfMeaning Mode, IReadOnlyList<MemberChange> Changes, Guid? Next);

/// <summary>
/// The members of an audience as of a time, and the difference between two times. Pages go through all people that ever had an event for
/// the key, in the order of their ids, and fold their streams as of the time. A request examines a limited number of people and returns
/// where it stopped.
/// </summary>
public sealed class MembersAsOf(PastQueries reader, AudienceKeys keys)
{
    /// <summary>People read in one batch.</summary>
    internal int ChunkPeople { get; init; } = 2_000;

    /// <summary>
    /// Maximum number of people examined for one page: where few were members yet, a page would otherwise read all people.
    /// </summary>
    internal int MaxPeople { get; init; } = 40_000;

    public async Task<PastPage> ListAsync(
        PublishedKey key,
        DateTimeOffset at,
        AsOfMeaning mode,
        Guid after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var past = keys.PastOf(key);
        var asOf = await AsOfAsync(at, mode, await reader.ProjectedAsync(cancellationToken), cancellationToken);
        var members = new List<MemberView>(limit);
        var next = await SweepAsync(
            key,
            after,
            limit,
            [asOf],
            members,
            (people, person) => Listed(people, person, past, asOf) is { } member ? [View(past, member, asOf)] : [],
            cancellationToken
        );
        return new PastPage(at, mode, asOf.Last.Value, members, next);
    }

    public async Task<PastDiff> DiffAsync(
        PublishedKey key,
        (DateTimeOffset From, DateTimeOffset To) times,
        AsOfMeaning mode,
        Guid after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var past = keys.PastOf(key);
        var projected = await reader.ProjectedAsync(cancellationToken);
        var from = await AsOfAsync(times.From, mode, projected, cancellationToken);
        var to = await AsOfAsync(times.To, mode, projected, cancellationToken);
        var changes = new List<MemberChange>(limit);
        var next = await SweepAsync(key, after, limit, [from, to], changes, Differ, cancellationToken);
        return new PastDiff(times.From, times.To, mode, changes, next);

        IEnumerable<MemberChange> Differ(PastPeople people, PersonId person)
        {
            if (Listed(people, person, past, from) is { } left && !IsListed(people, left.Person, past, to))
            {
                yield return new MemberChange(MemberChangeKind.Left, View(past, left, from));
            }

            if (Listed(people, person, past, to) is { } entered && !IsListed(people, entered.Person, past, from))
            {
                yield return new MemberChange(MemberChangeKind.Entered, View(past, entered, to));
            }
        }
    }

    // In mode known the log ends where it ended at that time. What the projector has not read has no effect on any membership yet.
    private async Task<AsOf> AsOfAsync(
        DateTimeOffset at,
        AsOfMeaning mode,
        Domain.Events.Position projected,
        CancellationToken cancellationToken
    ) => new(at, mode, mode == AsOfMeaning.Known ? await reader.LastRecordedAsync(at, projected, cancellationToken) : projected);

    private async Task<Guid?> SweepAsync<T>(
        PublishedKey key,
        Guid after,
        int limit,
        AsOf[] moments,
        List<T> found,
        Func<PastPeople, PersonId, IEnumerable<T>> select,
        CancellationToken cancellationToken
    )
    {
        var last = moments.Max(moment => moment.Last);
        var keyIds = keys.WithPredecessorsOf(key).Select(one => one.KeyId).ToList();
        for (var examined = 0; examined < MaxPeople; examined += ChunkPeople)
        {
            // The first batch is as small as the page, so that a small page of a full audience is returned quickly.
            var size = examined == 0 ? Math.Min(ChunkPeople, limit * 2) : ChunkPeople;
            var people = await reader.ReadPeopleOfKeysAsync(keyIds, after, size, cancellationToken);
            var loader = new PastLoader(reader, last);
            await loader.LoadAsync(people, moments, cancellationToken);
            foreach (var person in people)
            {
                found.AddRange(select(loader.People, person));
                after = person.Value;
                if (found.Count >= limit)
                {
                    return after;
                }
            }

            if (people.Count < size)
            {
                return null;
            }
        }

        return after;
    }

    // Each root is listed at the anchor with the lowest id, so that a person appears once.
    private static PastMember? Listed(PastPeople people, PersonId person, PastKey key, AsOf asOf)
    {
        var root = people.RootAt(person, asOf);
        return people.FirstAnchorAt(root, key, asOf) == person && people.MemberAt(root, key, asOf) is { IsListed: true } member
            ? member
            : null;
    }

    private static bool IsListed(PastPeople people, PersonId person, PastKey key, AsOf asOf) =>
        people.OwnerAt(person, asOf) is null && people.MemberAt(person, key, asOf).IsListed;

    private static MemberView View(PastKey key, PastMember member, AsOf asOf) =>
        new(
            member.Person.Value,
            key.AudienceKey,
            member.Status,
            member.State.Since(key.Window, asOf.At),
            member.State.Until(key.Window),
            member.State.AddedAt,
            member.State.RemovedAt,
            Domain.Permission.RestrictionRule.Labels(member.Permissions.Restrictions),
            member.Permissions.RestrictedAt ?? []
        );
}
