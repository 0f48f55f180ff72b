using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.Permission;

/// <summary>What restricts targeting a person. The bits are stored; never renumber.</summary>
[Flags]
public enum TargetingRestrictions : short
{
    None = 0,

    /// <summary>Suppressed everywhere.</summary>
    Suppressed = 1,

    /// <summary>Suppressed at some destinations, which are listed separately.</summary>
    SuppressedSomewhere = 2,

    UserDataGranted = 4,
    UserDataDenied = 8,
    PersonalizationGranted = 16,
    PersonalizationDenied = 32,

    /// <summary>Being erased, or erased.</summary>
    Erasing = 64,

    /// <summary>There was a no at some time, even if a yes came later: from then on the times of every yes are kept.</summary>
    EverRefused = 128,
}

/// <summary>Design section 6, rule 5, as far as it concerns permission.</summary>
public static class RestrictionRule
{
    private const TargetingRestrictions Always =
        TargetingRestrictions.Suppressed
        | TargetingRestrictions.UserDataDenied
        | TargetingRestrictions.PersonalizationDenied
        | TargetingRestrictions.Erasing;

    private const TargetingRestrictions Granted = TargetingRestrictions.UserDataGranted | TargetingRestrictions.PersonalizationGranted;

    /// <summary>Whether a destination at which the person is not suppressed by name may receive the person.</summary>
    /// <param name="restrictions">The restrictions of the person.</param>
    /// <param name="consentRequired">Whether the key or the destination requires that both purposes were granted.</param>
    public static bool AllowTargeting(this TargetingRestrictions restrictions, bool consentRequired) =>
        (restrictions & Always) == TargetingRestrictions.None && (!consentRequired || (restrictions & Granted) == Granted);

    /// <summary>The restrictions of the person as stable labels.</summary>
    public static IReadOnlyList<string> Labels(this TargetingRestrictions restrictions)
    {
        var labels = new List<string>();
        AddIf(TargetingRestrictions.Suppressed, "suppressed");
        AddIf(TargetingRestrictions.SuppressedSomewhere, "suppressed_at_destination");
        AddIf(TargetingRestrictions.UserDataDenied, "ad_user_data_denied");
        AddIf(TargetingRestrictions.PersonalizationDenied, "ad_personalization_denied");
        AddIf(TargetingRestrictions.Erasing, "erasure");
        return labels;

        void AddIf(TargetingRestrictions restriction, string label)
        {
            if (restrictions.HasFlag(restriction))
            {
                labels.Add(label);
            }
        }
    }

    /// <summary>The status of a present person with these restrictions applied.</summary>
    public static MembershipStatus ApplyTo(this TargetingRestrictions restrictions, MembershipStatus status, ConsentPolicy policy)
    {
        if (status != MembershipStatus.Present)
        {
            return status;
        }

        return !restrictions.AllowTargeting(policy == ConsentPolicy.Required) ? MembershipStatus.Withheld
            : restrictions.HasFlag(TargetingRestrictions.SuppressedSomewhere) ? MembershipStatus.Limited
            : MembershipStatus.Present;
    }
}
