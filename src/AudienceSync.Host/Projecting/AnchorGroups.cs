using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Projecting;

/// <summary>Who is linked to whom among the people of one page: before it, and with what it says.</summary>
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

    /// <summary>All anchors that are linked or somebody else's owner.</summary>
    public HashSet<PersonId> Linked() => [.. _owners.Keys, .. _owners.Values];

    /// <summary>Call when all links are known; then ask.</summary>
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

    /// <summary>The anchors of a root, himself included.</summary>
    public IReadOnlyList<PersonId> AnchorsOf(PersonId root) => _members.TryGetValue(root, out var members) ? members : [root];
}
