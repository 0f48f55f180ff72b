using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Projection;

/// <summary>The links among the people of one page: those from before it, and those that its events make.</summary>
internal sealed class AnchorGroups
{
    private readonly Dictionary<PersonId, PersonId> _owners = [];
    private readonly Dictionary<PersonId, List<PersonId>> _members = [];

    public void Clear()
    {
        _owners.Clear();
        _members.Clear();
    }

    public void Load(IReadOnlyDictionary<PersonId, PersonId> links)
    {
        foreach (var (person, owner) in links)
        {
            _owners[person] = owner;
        }
    }

    /// <summary>All anchors that are linked or own another anchor.</summary>
    public HashSet<PersonId> Linked() => [.. _owners.Keys, .. _owners.Values];

    /// <summary>Call after all links are loaded and before any query.</summary>
    public void Settle()
    {
        foreach (var anchor in Linked())
        {
            var root = RootOf(anchor);
            if (!_members.TryGetValue(root, out var members))
            {
                _members[root] = members = [];
            }

            members.Add(anchor);
        }
    }

    public PersonId RootOf(PersonId person)
    {
        while (_owners.TryGetValue(person, out var owner))
        {
            person = owner;
        }

        return person;
    }

    /// <summary>The anchors of a root, including the root itself.</summary>
    public IReadOnlyList<PersonId> AnchorsOf(PersonId root) => _members.TryGetValue(root, out var members) ? members : [root];
}
