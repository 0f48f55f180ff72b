using AudienceSync.Domain.Events;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Tests.Storage;

namespace AudienceSync.Host.Tests.People;

/// <summary>What a key or a destination demands.</summary>
/// <param name="Key">The number of the key.</param>
/// <param name="Window">How long an add holds; null for ever.</param>
/// <param name="ConsentRequired">Whether both purposes must have been granted.</param>
internal sealed record Demand(int Key, TimeSpan? Window, bool ConsentRequired);

/// <summary>A person as a reader of the webhooks sees him: all that was said of him under any of his names.</summary>
/// <param name="Root">The name that all others lead to.</param>
/// <param name="IsErased">Whether his erasure was asked for.</param>
internal sealed record NaivePerson(Name Root, IReadOnlyList<Said> Said, bool IsErased)
{
    public MembershipStatus StatusIn(Demand demand)
    {
        var ofKey = Said.Where(one => one.Told.Key == demand.Key).Select(one => one.Told).ToList();
        var added = Latest(ofKey, told => told.Add == true);
        if (added is null || Latest(ofKey, told => told.Add == false) >= added)
        {
            return MembershipStatus.Removed;
        }

        if (demand.Window is { } window && added.Value + window <= TestWorkspace.Start)
        {
            return MembershipStatus.Expired;
        }

        return !MayBeTargeted(demand.ConsentRequired) ? MembershipStatus.Withheld
            : Said.Select(one => one.Told.Destination).OfType<string>().Any(IsSuppressedAt) ? MembershipStatus.Limited
            : MembershipStatus.Present;
    }

    /// <summary>Whether a destination must have him.</summary>
    public bool IsWantedAt(string destination, Demand demand, bool destinationRequiresConsent) =>
        StatusIn(demand) is MembershipStatus.Present or MembershipStatus.Limited
        && MayBeTargeted(destinationRequiresConsent) && !IsSuppressedAt(destination);

    private bool MayBeTargeted(bool consentRequired)
    {
        foreach (var purpose in new Func<Told, ConsentAnswer>[] { told => told.Consent.AdUserData, told => told.Consent.AdPersonalization })
        {
            var granted = Latest(told => purpose(told) == ConsentAnswer.Granted);
            var denied = Latest(told => purpose(told) == ConsentAnswer.Denied);
            if ((denied is not null && !(granted > denied)) || (consentRequired && granted is null))
            {
                return false;
            }
        }

        return !IsErased && !IsSuppressedAt(null);
    }

    private bool IsSuppressedAt(string? place) =>
        Latest(told => told.Suppress == true && told.Destination == place) is { } suppressed
        && !(Latest(told => told.Suppress == false && told.Destination == place) > suppressed);

    private DateTimeOffset? Latest(Func<Told, bool> which) => Latest(Said.Select(one => one.Told), which);

    private static DateTimeOffset? Latest(IEnumerable<Told> said, Func<Told, bool> which) => said.Where(which).Max(told => (DateTimeOffset?)told.Time);
}
