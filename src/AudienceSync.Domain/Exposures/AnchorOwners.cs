using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Exposures;

/// <summary>Which anchors belong to whom, as of the last event. Links have a depth of one: an owner is a root.</summary>
internal sealed class AnchorOwners
{
    private readonly Dictionary<PersonId, PersonId> _owners;
    private readonly Dictionary<PersonId, HashSet<PersonId>> _anchors = [];
    private readonly Dictionary<PersonId, PersonId> _changed = [];

    public AnchorOwners(IReadOnlyDictionary<PersonId, PersonId> known)
    {
        _owners = new Dictionary<PersonId, PersonId>(known);
        foreach (var (anchor, owner) in known)
        {
            LinkedTo(owner).Add(anchor);
        }
    }

    /// <summary>The links that are new or others than before.</summary>
    public IReadOnlyDictionary<PersonId, PersonId> Changed => _changed;

    public PersonId RootOf(PersonId anchor) => _owners.GetValueOrDefault(anchor, anchor);

    /// <summary>All anchors of a root, with itself.</summary>
    public IEnumerable<PersonId> AnchorsOf(PersonId root) => _anchors.TryGetValue(root, out var linked) ? linked.Prepend(root) : [root];

    /// <summary>Links an anchor, and those that were linked to it.</summary>
    public void Link(PersonId anchor, PersonId root)
    {
        var moved = AnchorsOf(anchor).ToList();
        _anchors.Remove(anchor);
        foreach (var one in moved)
        {
            if (_owners.TryGetValue(one, out var former))
            {
                LinkedTo(former).Remove(one);
            }

            _owners[one] = root;
            _changed[one] = root;
            LinkedTo(root).Add(one);
        }
    }

    private HashSet<PersonId> LinkedTo(PersonId owner)
    {
        if (!_anchors.TryGetValue(owner, out var linked))
        {
            _anchors.Add(owner, linked = []);
        }

        return linked;
    }
}
