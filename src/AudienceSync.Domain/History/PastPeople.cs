using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.History;

/// <summary>A membership as of a moment.</summary>
/// <param name="Person">The root.</param>
/// <param name="State">The combined membership of all anchors of the person.</param>
/// <param name="Status">The status that followed from it, the permissions and the window.</param>
/// <param name="Permissions">The combined permissions of all anchors of the person.</param>
public readonly record struct PastMember(PersonId Person, MembershipState State, MembershipStatus Status, Permissions Permissions)
{
    /// <summary>Whether the person was in the list, which includes those who are restricted, as a list of today does.</summary>
    public bool IsListed => TargetingRule.IsListed(Status);
}

/// <summary>
/// The streams of some people and of everyone ever linked to them, which can be folded as of any moment, as the projector folds:
/// docs/decisions/0009.
/// </summary>
public sealed class PastPeople
{
    /// <summary>From a phone number to an e-mail address to a customer id are two steps; more would be a cycle.</summary>
    private const int MaxSteps = 8;

    private static readonly IReadOnlyList<PersonId> NoPeople = [];

    private readonly Dictionary<PersonId, AnchorStream> _streams = [];
    private readonly Dictionary<PersonId, List<PersonId>> _everLinkedTo = [];

    public bool Has(PersonId person) => _streams.ContainsKey(person);

    /// <summary>The stream of a person; an empty one when none was loaded.</summary>
    public AnchorStream StreamOf(PersonId person)
    {
        if (!_streams.TryGetValue(person, out var stream))
        {
            _streams[person] = stream = new AnchorStream();
        }

        return stream;
    }

    /// <summary>Records that a person was linked to an owner at some time.</summary>
    public void TakeLink(PersonId owner, PersonId person)
    {
        if (!_everLinkedTo.TryGetValue(owner, out var people))
        {
            _everLinkedTo[owner] = people = [];
        }

        if (!people.Contains(person))
        {
            people.Add(person);
        }
    }

    /// <summary>The people who were ever linked to a person, as far as loaded.</summary>
    public IReadOnlyList<PersonId> EverLinkedTo(PersonId owner) => _everLinkedTo.GetValueOrDefault(owner) ?? NoPeople;

    public PersonId RootAt(PersonId person, AsOf asOf)
    {
        for (var steps = 0; steps < MaxSteps && OwnerAt(person, asOf) is { } owner; steps++)
        {
            person = owner;
        }

        return person;
    }

    public PersonId? OwnerAt(PersonId person, AsOf asOf) => _streams.TryGetValue(person, out var stream) ? stream.OwnerAt(asOf) : null;

    /// <summary>The anchors of a root, the root first.</summary>
    public IReadOnlyList<PersonId> AnchorsAt(PersonId root, AsOf asOf)
    {
        if (_everLinkedTo.Count == 0)
        {
            return [root];
        }

        var anchors = new List<PersonId> { root };
        for (var n = 0; n < anchors.Count; n++)
        {
            anchors.AddRange(EverLinkedTo(anchors[n]).Where(person => OwnerAt(person, asOf) == anchors[n] && !anchors.Contains(person)));
        }

        return anchors;
    }

    /// <summary>The membership of a root in a key.</summary>
    public PastMember MemberAt(PersonId root, PastKey key, AsOf asOf)
    {
        var state = MembershipState.Nothing;
        var permissions = Permissions.Unspecified;
        foreach (var anchor in AnchorsAt(root, asOf))
        {
            var stream = StreamOf(anchor);
            state = state.With(stream.StateAt(key, asOf));
            permissions = stream.PermissionFacts.Count > 0 ? permissions.With(stream.PermissionsAt(asOf)) : permissions;
        }

        return new PastMember(root, state, permissions.Restrictions.ApplyTo(state.StatusAt(key.Window, asOf.At), key.Policy), permissions);
    }

    /// <summary>
    /// Of a root's anchors that have facts of the key, the one with the lowest id: it gives the root one place in an order that does not
    /// depend on the moment. Null when no anchor has facts of the key.
    /// </summary>
    public PersonId? FirstAnchorAt(PersonId root, PastKey key, AsOf asOf)
    {
        PersonId? first = null;
        foreach (var anchor in AnchorsAt(root, asOf))
        {
            if (
                (first is null || anchor.Value.CompareTo(first.Value.Value) < 0)
                && StreamOf(anchor).StateAt(key, asOf) != MembershipState.Nothing
            )
            {
                first = anchor;
            }
        }

        return first;
    }
}
