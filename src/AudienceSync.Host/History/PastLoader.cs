using AudienceSync.Domain.Events;
using AudienceSync.Domain.History;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Storage.History;

namespace AudienceSync.Host.History;

/// <summary>Gathers the streams of some people and of everybody they were one with at some moments; what it has read it does not read again.</summary>
internal sealed class PastLoader(PastReader reader, Position last)
{
    private readonly KeyNames _names = new();
    private readonly HashSet<PersonId> _asked = [];
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

        // Roots of one moment are to be judged at the others, too.
        var everybody = named.ToHashSet();
        for (var before = -1; before != everybody.Count;)
        {
            before = everybody.Count;
            foreach (var asOf in moments)
            {
                everybody.UnionWith(await ClimbAsync(everybody, asOf, cancellationToken));
                await DescendAsync(everybody, asOf, cancellationToken);
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

    // Down to the last anchor. Who was linked to somebody, and at the moment no longer or not yet was, leads no further.
    private async Task DescendAsync(IReadOnlyCollection<PersonId> people, AsOf asOf, CancellationToken cancellationToken)
    {
        var level = people.ToList();
        while (level.Count > 0)
        {
            var unasked = level.Where(_asked.Add).ToList();
            if (unasked.Count > 0)
            {
                await reader.ReadLinkedAsync(unasked, People, cancellationToken);
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
