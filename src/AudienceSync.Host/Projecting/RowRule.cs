using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;
using AudienceSync.Host.Storage.Audiences;
using AudienceSync.Host.Storage.Membership;

namespace AudienceSync.Host.Projecting;

/// <summary>What stands in the row of a root, and which of it a lane looks at. One rule for the live fold and for a rebuild.</summary>
internal static class RowRule
{
    /// <summary>A root's row, without its numbers.</summary>
    /// <param name="key">The key.</param>
    /// <param name="root">Who.</param>
    /// <param name="own">What this anchor itself was told.</param>
    /// <param name="sum">What all his anchors were told.</param>
    /// <param name="bars">Of all his anchors.</param>
    /// <param name="restrictedAt">Destinations by name.</param>
    /// <param name="now">The time at which windows are judged.</param>
    public static MembershipRow Settle(
        PublishedKey key, PersonId root, MembershipState own, MembershipState sum, TargetingRestrictions restrictions, string[]? restrictedAt, DateTimeOffset now) => new(
        key.KeyId, root, own, restrictions.ApplyTo(sum.StatusAt(key.Window, now), key.ConsentPolicy),
        sum == MembershipState.Nothing ? DateTimeOffset.UnixEpoch : sum.Since(key.Window, now),
        sum.Until(key.Window), EventPos: 0, ChangedPos: 0)
    {
        Restrictions = restrictions,
        RestrictedAt = restrictedAt,
    };

    /// <summary>Whether a lane that has looked at the one need not look at the other.</summary>
    public static bool SameForLanes(MembershipRow one, MembershipRow other) =>
        one.Status == other.Status && SameRestrictions(one.Restrictions, one.RestrictedAt, other.Restrictions, other.RestrictedAt);

    /// <summary>Whether two people are barred from the same.</summary>
    public static bool SameRestrictions(TargetingRestrictions one, string[]? oneAt, TargetingRestrictions other, string[]? otherAt) =>
        one == other && (oneAt ?? []).AsSpan().SequenceEqual(otherAt ?? []);
}
