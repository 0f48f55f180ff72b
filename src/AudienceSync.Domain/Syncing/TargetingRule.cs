using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Syncing;

/// <summary>
/// Who belongs in a remote audience. Written once here; what SQL repeats of it is in the Host (<c>TargetingSql</c>), which a test compares
/// with this for every state and every combination of restrictions. Who may be in a remote audience is <see cref="Refusals.MayBeThere"/>.
/// </summary>
public static class TargetingRule
{
    /// <summary>Whether some destination may receive a member of this state: each of them decides by <see cref="IsDesired"/>.</summary>
    public static bool IsTargetable(MembershipStatus status) => status is MembershipStatus.Present or MembershipStatus.Limited;

    /// <summary>Whether the member belongs in the remote audiences of a destination now.</summary>
    /// <param name="status">The state of the membership.</param>
    /// <param name="restrictions">The restrictions of the person.</param>
    /// <param name="isSuppressedHere">Whether the person is suppressed by name at the destination.</param>
    /// <param name="consentRequired">Whether the destination requires that both purposes were granted.</param>
    public static bool IsDesired(
        MembershipStatus status,
        TargetingRestrictions restrictions,
        bool isSuppressedHere,
        bool consentRequired
    ) => IsTargetable(status) && !isSuppressedHere && restrictions.AllowTargeting(consentRequired);

    /// <summary>Whether the person is in the audience, which includes those who are restricted or held out.</summary>
    public static bool IsListed(MembershipStatus status) =>
        IsTargetable(status) || status is MembershipStatus.Withheld or MembershipStatus.HeldOut;

    /// <summary>Whether a destination may have to remove a member of this state.</summary>
    public static bool MayHaveToLeave(MembershipStatus status) => status != MembershipStatus.Present;

    /// <summary>
    /// Whether the removal of a member of this state may be a mistake of its source or of an experiment, so that it waits with many others
    /// for approval (<see cref="RemovalGuard"/>). What a person or the rule of identity wants never waits.
    /// </summary>
    public static bool MayBeMistake(MembershipStatus status) => IsEnded(status) || status == MembershipStatus.HeldOut;

    /// <summary>Whether the membership ended: by its source, which may be a mistake, or with its window.</summary>
    public static bool IsEnded(MembershipStatus status) => status is MembershipStatus.Removed or MembershipStatus.Expired;

    /// <summary>
    /// Whether the person does not want to be targeted at a destination: such a removal never waits (<see cref="RemovalGuard"/>).
    /// </summary>
    /// <param name="restrictions">The restrictions of the person.</param>
    /// <param name="isSuppressedHere">Whether the person is suppressed by name at the destination.</param>
    public static bool IsOptOut(TargetingRestrictions restrictions, bool isSuppressedHere) =>
        isSuppressedHere || !restrictions.AllowTargeting(consentRequired: false);
}
