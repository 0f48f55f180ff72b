using AudienceSync.Domain.Events;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.People;

/// <summary>The requirements of a key or a destination.</summary>
/// <param name="Key">Number of the key.</param>
/// <param name="Window">How long an add holds; null for no limit.</param>
/// <param name="ConsentRequired">Whether both purposes must have been granted.</param>
internal sealed record Demand(int Key, TimeSpan? Window, bool ConsentRequired);

/// <summary>A person as a reader of the webhooks sees them: all events under any of their names.</summary>
/// <param name="Root">The name that all others lead to.</param>
/// <param name="IsErased">Whether their erasure was requested.</param>
internal sealed record NaivePerson(Name Root, IReadOnlyList<StoryEvent> StoryEvents, bool IsErased)
{
    public MembershipStatus StatusIn(Demand demand)
    {
        var ofKey = StoryEvents.Where(one => one.Fact.Key == demand.Key).Select(one => one.Fact).ToList();
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
            : StoryEvents.Select(one => one.Fact.Destination).OfType<string>().Any(IsSuppressedAt) ? MembershipStatus.Limited
            : MembershipStatus.Present;
    }

    /// <summary>Whether they were added later than removed, and within the window, whatever they permit.</summary>
    public bool IsIn(Demand demand) =>
        !IsErased && StatusIn(demand) is MembershipStatus.Present or MembershipStatus.Limited or MembershipStatus.Withheld;

    /// <summary>Whether they are suppressed everywhere.</summary>
    public bool IsSuppressed => IsErased || IsSuppressedAt(null);

    /// <summary>Of both purposes: a no to either is a no, and a yes needs both.</summary>
    public bool? Consent
    {
        get
        {
            var answers = new[] { AnswerTo(fact => fact.Consent.AdUserData), AnswerTo(fact => fact.Consent.AdPersonalization) };
            return answers.Contains(false) ? false
                : answers.Contains(null) ? null
                : true;
        }
    }

    private bool? AnswerTo(Func<StoryFact, ConsentAnswer> purpose)
    {
        var granted = Latest(fact => purpose(fact) == ConsentAnswer.Granted);
        var denied = Latest(fact => purpose(fact) == ConsentAnswer.Denied);
        return denied is not null && !(granted > denied) ? false
            : granted is not null ? true
            : null;
    }

    /// <summary>Whether a destination must have them.</summary>
    public bool IsWantedAt(string destination, Demand demand, bool destinationRequiresConsent) =>
        StatusIn(demand) is MembershipStatus.Present or MembershipStatus.Limited
        && MayBeTargeted(destinationRequiresConsent)
        && !IsSuppressedAt(destination);

    private bool MayBeTargeted(bool consentRequired)
    {
        foreach (
            var purpose in new Func<StoryFact, ConsentAnswer>[] { fact => fact.Consent.AdUserData, fact => fact.Consent.AdPersonalization }
        )
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

    private DateTimeOffset? Latest(Func<StoryFact, bool> which) => Latest(StoryEvents.Select(one => one.Fact), which);

    private static DateTimeOffset? Latest(IEnumerable<StoryFact> facts, Func<StoryFact, bool> which) =>
        facts.Where(which).Max(fact => (DateTimeOffset?)fact.Time);
}
