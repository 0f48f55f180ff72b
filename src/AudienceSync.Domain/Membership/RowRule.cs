using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Experiments;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Membership;

/// <summary>What the row of an anchor states, and which of it matters to a lane. One rule for the live fold and for a rebuild.</summary>
public static class RowRule
{
    /// <summary>The row of a root.</summary>
    /// <param name="key">The key.</param>
    /// <param name="sum">The state from the events of all anchors of the person.</param>
    /// <param name="restrictions">The restrictions from all anchors of the person.</param>
    /// <param name="restrictedAt">Destinations at which the person is suppressed by name.</param>
    /// <param name="now">The time at which windows are evaluated.</param>
    public static RowStatus OfPerson(
        PublishedKey key,
        MembershipState sum,
        TargetingRestrictions restrictions,
        string[]? restrictedAt,
        DateTimeOffset now
    ) =>
        new(
            restrictions.ApplyTo(sum.StatusAt(key.Window, now), key.ConsentPolicy),
            sum == MembershipState.Nothing ? DateTimeOffset.UnixEpoch : sum.Since(key.Window, now),
            sum.Until(key.Window),
            restrictions,
            restrictedAt
        );

    /// <summary>The row of a root in the experiment that runs on the key's audience; the same when none runs.</summary>
    /// <param name="status">The row without it.</param>
    /// <param name="key">The key.</param>
    /// <param name="groups">The anchors of people.</param>
    /// <param name="root">The person.</param>
    public static RowStatus InArm(RowStatus status, PublishedKey key, AnchorGroups groups, PersonId root) =>
        key.Holdout is not { } holdout
            ? status
            : status with
            {
                Status = ArmRule.ApplyTo(status.Status, holdout, groups.IsAlone(root) ? root : ArmRule.OldestOf(groups.AnchorsOf(root))),
            };

    /// <summary>
    /// The row of an anchor that belongs to another person: its facts count for its root, and it is not a person by itself.
    /// </summary>
    /// <param name="own">The state from this anchor's own events.</param>
    public static RowStatus OfLinked(MembershipState own)
    {
        var since = own.RemovedAt > own.AddedAt ? own.RemovedAt : own.AddedAt ?? own.RemovedAt;
        return new RowStatus(MembershipStatus.Linked, since ?? DateTimeOffset.UnixEpoch, null, TargetingRestrictions.None, null);
    }

    /// <summary>The row of a person whose window has passed.</summary>
    public static RowStatus OfExpired(RowStatus before) => before with { Status = MembershipStatus.Expired, Since = before.Until!.Value };

    /// <summary>Whether a lane that has processed one row need not process the other.</summary>
    public static bool SameForLanes(RowStatus one, RowStatus other) =>
        one.Status == other.Status && SameRestrictions(one.Restrictions, one.RestrictedAt, other.Restrictions, other.RestrictedAt);

    /// <summary>Whether two people have the same restrictions.</summary>
    public static bool SameRestrictions(TargetingRestrictions one, string[]? oneAt, TargetingRestrictions other, string[]? otherAt) =>
        one == other && (oneAt ?? []).AsSpan().SequenceEqual(otherAt ?? []);
}
