using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Membership;

/// <summary>
/// Which anchors belong to one person. The membership and the permissions of a person are the sums over all of the person's anchors
/// (docs/decisions/0009).
/// </summary>
public sealed class AnchorGroups
{
    public static readonly AnchorGroups None = new(new Dictionary<PersonId, PersonId>());

    private readonly IReadOnlyDictionary<PersonId, PersonId> _owners;
    private readonly Dictionary<PersonId, List<PersonId>> _members = [];

    private AnchorGroups(IReadOnlyDictionary<PersonId, PersonId> owners)
    {
        _owners = owners;
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

    /// <summary>The groups of these links. The dictionary is kept and must not change.</summary>
    public static AnchorGroups Of(IReadOnlyDictionary<PersonId, PersonId> owners) => owners.Count == 0 ? None : new AnchorGroups(owners);

    public bool IsEmpty => _owners.Count == 0;

    /// <summary>Whether the anchor belongs to another person.</summary>
    public bool IsLinked(PersonId anchor) => _owners.ContainsKey(anchor);

    /// <summary>Whether no other anchor belongs to a root.</summary>
    public bool IsAlone(PersonId root) => !_members.ContainsKey(root);

    /// <summary>All anchors that are linked or own another anchor.</summary>
    public HashSet<PersonId> Linked() => [.. _owners.Keys, .. _owners.Values];

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

    /// <summary>The membership of a person in a key.</summary>
    public MembershipState SumOf(RowId root, Func<RowId, MembershipState> stateOf)
    {
        if (!_members.TryGetValue(root.Person, out var anchors))
        {
            return stateOf(root);
        }

        var sum = MembershipState.Nothing;
        foreach (var anchor in anchors)
        {
            sum = sum.With(stateOf(root with { Person = anchor }));
        }

        return sum;
    }

    /// <summary>The permissions of a person.</summary>
    public Permissions SumOf(PersonId root, Func<PersonId, Permissions?> permissionsOf)
    {
        if (!_members.TryGetValue(root, out var anchors))
        {
            return permissionsOf(root) ?? Permissions.Unspecified;
        }

        var sum = Permissions.Unspecified;
        foreach (var anchor in anchors)
        {
            sum = permissionsOf(anchor) is { } stated ? sum.With(stated) : sum;
        }

        return sum;
    }
}
