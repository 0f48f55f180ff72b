using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Host.Storage.Membership;

/// <summary>A row of membership, as the fold reads and writes it.</summary>
/// <param name="KeyId">The audience key.</param>
/// <param name="Person">The anchor.</param>
/// <param name="State">What this anchor was told.</param>
/// <param name="Status">Of the person for whom it is the root; <see cref="MembershipStatus.Linked"/> for any other anchor.</param>
/// <param name="Since">Since when the status holds.</param>
/// <param name="Until">When it will expire by itself.</param>
/// <param name="EventPos">The position of the last event that changed what the anchor was told.</param>
/// <param name="ChangedPos">The number under which whoever syncs must look again.</param>
public sealed record MembershipRow(
    int KeyId,
    PersonId Person,
    MembershipState State,
    MembershipStatus Status,
    DateTimeOffset Since,
    DateTimeOffset? Until,
    long EventPos,
    long ChangedPos)
{
    /// <summary>
    /// None was found when it was looked for, so it is inserted plainly: ON CONFLICT would look for it once more and write it twice. Should there be one
    /// after all, its key refuses the whole page.
    /// </summary>
    public bool IsNew { get; init; }

    /// <summary>What stands between the person and being targeted.</summary>
    public TargetingRestrictions Restrictions { get; init; }

    /// <summary>The destinations at which he is suppressed by name; null when there are none.</summary>
    public string[]? RestrictedAt { get; init; }
}
