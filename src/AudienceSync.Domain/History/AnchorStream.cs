using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.History;

/// <summary>The facts in the stream of one anchor, kept separately so that they can be folded as of any moment.</summary>
public sealed class AnchorStream
{
    private readonly List<PermissionFact> _read = [];
    private readonly List<(Position Position, MembershipFact Fact)> _membershipFacts = [];
    private readonly List<(Position Position, PermissionFact Fact)> _permissionFacts = [];
    private readonly List<(Position Position, PersonId Owner)> _links = [];

    /// <summary>Its membership facts, in the order of the log.</summary>
    public IReadOnlyList<(Position Position, MembershipFact Fact)> MembershipFacts => _membershipFacts;

    /// <summary>Its permission facts, in the order of the log.</summary>
    public IReadOnlyList<(Position Position, PermissionFact Fact)> PermissionFacts => _permissionFacts;

    /// <summary>Whether it has no event: no person has this id.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>Reads one event. Events must come in the order of the log.</summary>
    public void Take(Position position, string type, byte[] data, KeyNames names)
    {
        IsEmpty = false;
        _read.Clear();
        if (MembershipFact.TryRead(type, data, names, out var fact))
        {
            _membershipFacts.Add((position, fact));
            PermissionFact.Read(type, data, fact.OccurredAt, _read);
        }
        else if (type == EventTypes.Linked)
        {
            _links.Add((position, ((PersonLinked)EventJson.Read(type, data)).Owner));
        }
        else
        {
            PermissionFact.Read(type, data, _read);
        }

        foreach (var one in _read)
        {
            _permissionFacts.Add((position, one));
        }
    }

    /// <summary>The owner of the anchor; null for a root.</summary>
    public PersonId? OwnerAt(AsOf asOf)
    {
        for (var n = _links.Count - 1; n >= 0; n--)
        {
            if (_links[n].Position.Value <= asOf.Last.Value)
            {
                return _links[n].Owner;
            }
        }

        return null;
    }

    /// <summary>The membership in a key.</summary>
    public MembershipState StateAt(PastKey key, AsOf asOf)
    {
        var state = MembershipState.Nothing;
        foreach (var (position, fact) in _membershipFacts)
        {
            if (asOf.Counts(position, fact.OccurredAt) && key.Includes(fact.AudienceKey, asOf))
            {
                state = state.Apply(fact);
            }
        }

        return state;
    }

    /// <summary>The permissions.</summary>
    public Permissions PermissionsAt(AsOf asOf)
    {
        var permissions = Permissions.Unspecified;
        foreach (var (position, fact) in _permissionFacts)
        {
            permissions = asOf.Counts(position, fact.At) ? permissions.Apply(fact) : permissions;
        }

        return permissions;
    }
}
