using AudienceSync.Domain.Events;
using AudienceSync.Domain.History;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;

namespace AudienceSync.Host.History;

/// <summary>Loads the streams of some people and of all people they were linked with at some times. Nothing is read twice.</summary>
internal sealed class PastLoader(PastQueries reader, Position last)
{
    private readonly KeyNames _names = new();
    private readonly HashSet<PersonId> _queried = [];
    private bool? _anyLink;

    public PastPeople People { get; } = new();

    public async Task LoadAsync(IEnumerable<PersonId> people, IReadOnlyCollection<AsOf> moments, CancellationToken cancellationToken)
    {
        var named = people.Distinct().ToList();
        await ReadAsync(named, cancellationToken);
        _anyLink ??= await reader.AnyLinkAsync(cancellationToken);
        if (_anyLink == false)
        {
            return;
        }

        // Roots of one time must be evaluated at the other times, too.
        var all = named.ToHashSet();
        for (var before = -1; before != all.Count; )
        {
            before = all.Count;
            foreach (var asOf in moments)
            {
                all.UnionWith(await ClimbAsync(all, asOf, cancellationToken));
                await DescendAsync(all, asOf, cancellationToken);
            }
        }
    }

    // Up to the roots.
    private async Task<List<PersonId>> ClimbAsync(IReadOnlyCollection<PersonId> people, AsOf asOf, CancellationToken cancellationToken)
    {
        var climbing = people.ToList();
        while (true)
        {
            var roots = climbing.Select(person => People.RootAt(person, asOf)).Distinct().ToList();
            if (!await ReadAsync(roots, cancellationToken))
            {
                return roots;
            }
        }
    }

    // Down to the last anchor. A person whose link did not exist at the time, because it had ended or was made later, is not followed
    // further.
    private async Task DescendAsync(IReadOnlyCollection<PersonId> people, AsOf asOf, CancellationToken cancellationToken)
    {
        var level = people.ToList();
        while (level.Count > 0)
        {
            var pending = level.Where(_queried.Add).ToList();
            if (pending.Count > 0)
            {
                await reader.ReadLinkedAsync(pending, People, cancellationToken);
            }

            await ReadAsync(level.SelectMany(People.EverLinkedTo), cancellationToken);
            level = [.. level.SelectMany(owner => People.EverLinkedTo(owner).Where(person => People.OwnerAt(person, asOf) == owner))];
        }
    }

    // True when there was something to read.
    private async Task<bool> ReadAsync(IEnumerable<PersonId> anchors, CancellationToken cancellationToken)
    {
        var missing = anchors.Where(anchor => !People.Has(anchor)).Distinct().ToList();
        if (missing.Count > 0)
        {
            await reader.ReadStreamsAsync(missing, last, People, _names, cancellationToken);
        }

        return missing.Count > 0;
    }
}
