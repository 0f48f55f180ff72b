using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;
using AudienceSync.Host.Audiences;

namespace AudienceSync.Host.Projection;

/// <summary>The content of the row of a root, and which of it matters to a lane. One rule for the live fold and for a rebuild.</summary>
internal static class RowRule
{
    /// <summary>A root's row, without its numbers.</summary>
    /// <param name="key">The key.</param>
    /// <param name="root">The person.</param>
    /// <param name="own">The state from this anchor's own events.</param>
    /// <param name="sum">The state from the events of all anchors of the person.</param>
    /// <param name="restrictions">The restrictions from all anchors of the person.</param>
    /// <param name="restrictedAt">Destinations at which the person is suppressed by name.</param>
    /// <param name="now">The time at which windows are evaluated.</param>
    public static MembershipRow Settle(
        PublishedKey key, PersonId root, MembershipState own, MembershipState sum, TargetingRestrictions restrictions, string[]? restrictedAt, DateTimeOffset now) => new(
        key.KeyId, root, own, restrictions.ApplyTo(sum.StatusAt(key.Window, now), key.ConsentPolicy),
        sum == MembershipState.Nothing ? DateTimeOffset.UnixEpoch : sum.Since(key.Window, now),
        sum.Until(key.Window), EventPos: 0, ChangedPos: 0)
    {
        Restrictions = restrictions,
        RestrictedAt = restrictedAt,
    };

    /// <summary>Whether a lane that has processed one row need not process the other.</summary>
    public static bool SameForLanes(MembershipRow one, MembershipRow other) =>
        one.Status == other.Status && SameRestrictions(one.Restrictions, one.RestrictedAt, other.Restrictions, other.RestrictedAt);

    /// <summary>Whether two people have the same restrictions.</summary>
    public static bool SameRestrictions(TargetingRestrictions one, string[]? oneAt, TargetingRestrictions other, string[]? otherAt) =>
        one == other && (oneAt ?? []).AsSpan().SequenceEqual(otherAt ?? []);
}
