using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.Permission;

/// <summary>What stands between a person and being targeted. The bits are stored; never renumber.</summary>
[Flags]
public enum Bars : short
{
    None = 0,

    /// <summary>Suppressed everywhere.</summary>
    Suppressed = 1,

    /// <summary>Suppressed at some destinations, which are named beside.</summary>
    SuppressedSomewhere = 2,

    UserDataGranted = 4,
    UserDataDenied = 8,
    PersonalizationGranted = 16,
    PersonalizationDenied = 32,

    /// <summary>Being erased, or erased.</summary>
    Erasing = 64,

    /// <summary>A no was said at some time, even if a yes came later: from then on the times of every yes are kept.</summary>
    EverRefused = 128,
}

/// <summary>Design section 6, rule 5, as far as it is about permission.</summary>
public static class BarsRule
{
    private const Bars Always = Bars.Suppressed | Bars.UserDataDenied | Bars.PersonalizationDenied | Bars.Erasing;

    private const Bars Granted = Bars.UserDataGranted | Bars.PersonalizationGranted;

    /// <summary>Whether a destination at which he is not suppressed by name may have him.</summary>
    /// <param name="bars">Of the person.</param>
    /// <param name="consentRequired">Whether the key or the destination demands that both purposes were granted.</param>
    public static bool AllowTargeting(this Bars bars, bool consentRequired) =>
        (bars & Always) == Bars.None && (!consentRequired || (bars & Granted) == Granted);

    /// <summary>What bars him, in words that are stable.</summary>
    public static IReadOnlyList<string> Words(this Bars bars)
    {
        var words = new List<string>();
        Say(Bars.Suppressed, "suppressed");
        Say(Bars.SuppressedSomewhere, "suppressed_at_destination");
        Say(Bars.UserDataDenied, "ad_user_data_denied");
        Say(Bars.PersonalizationDenied, "ad_personalization_denied");
        Say(Bars.Erasing, "erasure");
        return words;

        void Say(Bars bar, string word)
        {
            if (bars.HasFlag(bar))
            {
                words.Add(word);
            }
        }
    }

    /// <summary>What a present person is, with his bars.</summary>
    public static MembershipStatus Limit(this Bars bars, MembershipStatus status, ConsentPolicy policy)
    {
        if (status != MembershipStatus.Present)
        {
            return status;
        }

        return !bars.AllowTargeting(policy == ConsentPolicy.Required) ? MembershipStatus.Withheld
            : bars.HasFlag(Bars.SuppressedSomewhere) ? MembershipStatus.Limited
            : MembershipStatus.Present;
    }
}
