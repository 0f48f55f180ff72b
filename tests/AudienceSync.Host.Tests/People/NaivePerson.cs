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
internal sealed record NaivePerson(Name Root, IReadOnlyList<StoryEvent> StoryEvent, bool IsErased)
{
    public MembershipStatus StatusIn(Demand demand)
    {
        var ofKey = StoryEvent.Where(one => one.StoryFact.Key == demand.Key).Select(one => one.StoryFact).ToList();
        var added = Latest(ofKey, fact => fact.Add == true);
        if (added is null || Latest(ofKey, fact => fact.Add == false) >= added)
        {
            return MembershipStatus.Removed;
        }

        if (demand.Window is { } window && added.Value + window <= TestWorkspace.Start)
        {
            return MembershipStatus.Expired;
        }

        return !MayBeTargeted(demand.ConsentRequired) ? MembershipStatus.Withheld
            : StoryEvent.Select(one => one.StoryFact.Destination).OfType<string>().Any(IsSuppressedAt) ? MembershipStatus.Limited
            : MembershipStatus.Present;
    }

    /// <summary>Whether a destination must have him.</summary>
    public bool IsWantedAt(string destination, Demand demand, bool destinationRequiresConsent) =>
        StatusIn(demand) is MembershipStatus.Present or MembershipStatus.Limited
        && MayBeTargeted(destinationRequiresConsent) && !IsSuppressedAt(destination);

    private bool MayBeTargeted(bool consentRequired)
    {
        foreach (var purpose in new Func<StoryFact, ConsentAnswer>[] { fact => fact.Consent.AdUserData, fact => fact.Consent.AdPersonalization })
        {
            var granted = Latest(fact => purpose(fact) == ConsentAnswer.Granted);
            var denied = Latest(fact => purpose(fact) == ConsentAnswer.Denied);
            if ((denied is not null && !(granted > denied)) || (consentRequired && granted is null))
            {
                return false;
            }
        }

        return !IsErased && !IsSuppressedAt(null);
    }

    private bool IsSuppressedAt(string? place) =>
        Latest(fact => fact.Suppress == true && fact.Destination == place) is { } suppressed
        && !(Latest(fact => fact.Suppress == false && fact.Destination == place) > suppressed);

    private DateTimeOffset? Latest(Func<StoryFact, bool> which) => Latest(StoryEvent.Select(one => one.StoryFact), which);

    private static DateTimeOffset? Latest(IEnumerable<StoryFact> sent, Func<StoryFact, bool> which) => sent.Where(which).Max(fact => (DateTimeOffset?)fact.Time);
}
