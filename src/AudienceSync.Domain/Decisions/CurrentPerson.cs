using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Decisions;

/// <summary>A person after all events that were appended before a moment.</summary>
public sealed class CurrentPerson
{
    private readonly AnchorGroups _groups;
    private readonly Func<RowId, MembershipState> _stateOf;
    private readonly DateTimeOffset _now;

    internal CurrentPerson(
        PersonId root,
        AnchorGroups groups,
        Func<RowId, MembershipState> stateOf,
        Permissions permissions,
        DateTimeOffset now
    )
    {
        (Root, _groups, _stateOf, Permissions, _now) = (root, groups, stateOf, permissions, now);
    }

    public PersonId Root { get; }

    /// <summary>The combined permissions of all anchors.</summary>
    public Permissions Permissions { get; }

    /// <summary>
    /// Whether the person is in a key: added later than removed, within the window, and not being erased. Suppression and consent do not
    /// count; they are fields of their own.
    /// </summary>
    public bool IsIn(PublishedKey key) =>
        Permissions.ErasingAt is null
        && _groups.SumOf(new RowId(Root, key.KeyId), _stateOf).StatusAt(key.Window, _now) == MembershipStatus.Present;
}
