using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.History;

/// <summary>A membership as of a moment.</summary>
/// <param name="Person">The root.</param>
/// <param name="State">What all his anchors had been told.</param>
/// <param name="Status">What followed from it, his permissions and the window.</param>
/// <param name="Permissions">What all his anchors had said.</param>
public readonly record struct PastMember(PersonId Person, MembershipState State, MembershipStatus Status, Permissions Permissions)
{
    /// <summary>Whether he was on the list, the barred included, as in a list of today.</summary>
    public bool IsListed => Status is MembershipStatus.Present or MembershipStatus.Withheld or MembershipStatus.Limited;
}

/// <summary>The streams of some people and of all that were ever linked to them, to be folded as of any moment. As the projector folds: docs/decisions/0009.</summary>
public sealed class PastPeople
{
    /// <summary>From a phone number to an e-mail address to a customer id are two steps; more would be a circle.</summary>
    private const int MostSteps = 8;

    private static readonly IReadOnlyList<PersonId> Nobody = [];

    private readonly Dictionary<PersonId, AnchorStream> _streams = [];
    private readonly Dictionary<PersonId, List<PersonId>> _everLinkedTo = [];

    public bool Has(PersonId person) => _streams.ContainsKey(person);

    /// <summary>The stream of somebody; an empty one when none was given.</summary>
    public AnchorStream StreamOf(PersonId person)
    {
        if (!_streams.TryGetValue(person, out var stream))
        {
            _streams[person] = stream = new AnchorStream();
        }

        return stream;
    }

    /// <summary>Takes that a person was linked to an owner at some time.</summary>
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

    /// <summary>Who was ever linked to somebody, as far as it was given.</summary>
    public IReadOnlyList<PersonId> EverLinkedTo(PersonId owner) => _everLinkedTo.GetValueOrDefault(owner) ?? Nobody;

    public PersonId RootAt(PersonId person, AsOf asOf)
    {
        for (var steps = 0; steps < MostSteps && OwnerAt(person, asOf) is { } owner; steps++)
        {
            person = owner;
        }

        return person;
    }

    public PersonId? OwnerAt(PersonId person, AsOf asOf) => _streams.TryGetValue(person, out var stream) ? stream.OwnerAt(asOf) : null;

    /// <summary>The anchors of a root, himself first.</summary>
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

    /// <summary>What a root was in a key.</summary>
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
    /// Of a root's anchors that had been told of the key, the one with the least id: by him the root has one place in an order that the moment does
    /// not change. Null when none had been told of it.
    /// </summary>
    public PersonId? FirstAnchorAt(PersonId root, PastKey key, AsOf asOf)
    {
        PersonId? first = null;
        foreach (var anchor in AnchorsAt(root, asOf))
        {
            if ((first is null || anchor.Value.CompareTo(first.Value.Value) < 0) && StreamOf(anchor).StateAt(key, asOf) != MembershipState.Nothing)
            {
                first = anchor;
            }
        }

        return first;
    }
}
