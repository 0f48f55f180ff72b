using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Outcomes;

/// <summary>The reasons that a policy gives for a suppression. They are stored in events; never rename.</summary>
public static class SuppressionReasons
{
    public const string Complaint = "complaint";
    public const string HardBounce = "hard_bounce";
    public const string Preferences = "preferences";
    public const string SoftBounces = "soft_bounces";
    public const string Unsubscribe = "unsubscribe";
}

/// <summary>What a kind of outcome leads to, beside the trait that it always becomes.</summary>
/// <param name="Suppresses">Whether it suppresses the person.</param>
/// <param name="Destinations">Where; empty for everywhere.</param>
public sealed record OutcomeRule(bool Suppresses, IReadOnlyList<string> Destinations)
{
    /// <summary>Suppress everywhere.</summary>
    public static readonly OutcomeRule Suppress = new(true, []);

    /// <summary>Do not suppress.</summary>
    public static readonly OutcomeRule TraitOnly = new(false, []);

    /// <summary>Suppress at some destinations.</summary>
    public static OutcomeRule SuppressAt(params IReadOnlyList<string> destinations) => new(true, destinations);

    /// <summary>Where it suppresses: null for everywhere. Empty when it does not.</summary>
    public IReadOnlyList<string?> Scopes =>
        !Suppresses ? []
        : Destinations.Count == 0 ? [null]
        : [.. Destinations];
}

/// <summary>How many soft bounces have a consequence.</summary>
/// <param name="Count">How many, from 1 to <see cref="Moments.Kept"/>.</param>
/// <param name="Days">Within how many days.</param>
/// <param name="Then">The consequence.</param>
public sealed record SoftBounceRule(int Count, int Days, OutcomeRule Then)
{
    /// <summary>Five within 30 days are a trait.</summary>
    public static readonly SoftBounceRule Default = new(5, 30, OutcomeRule.TraitOnly);

    /// <summary>The period.</summary>
    public TimeSpan Within => TimeSpan.FromDays(Days);
}

/// <summary>A suppression, or the end of one, that follows from an outcome.</summary>
/// <param name="Lifts">Whether it ends a suppression of the same reason; otherwise it is one.</param>
/// <param name="Destination">Where; null for everywhere.</param>
/// <param name="Reason">One of <see cref="SuppressionReasons"/>.</param>
/// <param name="At">Since when, by the sender's time.</param>
public readonly record struct OutcomeConsequence(bool Lifts, string? Destination, string Reason, DateTimeOffset At);

/// <summary>
/// What the outcomes of messages mean for targeting. A person may refuse messages and still want ads: so an unsubscription is only a trait
/// unless the workspace decides otherwise.
/// <para>
/// The consequences of a set of outcomes do not depend on their order: a suppression follows from an outcome alone, or, for answers that a
/// later answer takes back, only as long as no later one is known.
/// </para>
/// </summary>
public sealed record OutcomePolicy
{
    /// <summary>The policy of a workspace that states none.</summary>
    public static readonly OutcomePolicy Default = new();

    /// <summary>A hard bounce of an email or a text message. A dead device or a number without WhatsApp is only a trait.</summary>
    public OutcomeRule HardBounce { get; init; } = OutcomeRule.Suppress;

    /// <summary>A complaint.</summary>
    public OutcomeRule Complaint { get; init; } = OutcomeRule.Suppress;

    /// <summary>Repeated soft bounces of an email or a text message.</summary>
    public SoftBounceRule SoftBounces { get; init; } = SoftBounceRule.Default;

    /// <summary>A person who refuses all messages.</summary>
    public OutcomeRule Unsubscribe { get; init; } = OutcomeRule.TraitOnly;

    /// <summary>A change of preferences that leaves no topic, or no channel, that the person wants.</summary>
    public OutcomeRule Preferences { get; init; } = OutcomeRule.TraitOnly;

    /// <summary>Whether an outcome can have a consequence.</summary>
    public bool Concerns(MessageOutcomeRecorded outcome) => RuleOf(outcome) is { Rule.Suppresses: true };

    /// <summary>The consequences of an outcome.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="engagement">Of the person, with this outcome.</param>
    public IReadOnlyList<OutcomeConsequence> ConsequencesOf(MessageOutcomeRecorded outcome, Engagement engagement)
    {
        if (RuleOf(outcome) is not { Rule.Suppresses: true } found || TimeOf(outcome, found, engagement) is not { } at)
        {
            return [];
        }

        return [.. found.Rule.Scopes.Select(scope => new OutcomeConsequence(found.Lifts, scope, found.Reason, at))];
    }

    private (OutcomeRule Rule, string Reason, bool Lifts)? RuleOf(MessageOutcomeRecorded outcome)
    {
        var isAddress = outcome.Channel is OutcomeChannels.Email or OutcomeChannels.Sms;
        return outcome switch
        {
            { Metric: OutcomeMetrics.Spammed } => (Complaint, SuppressionReasons.Complaint, false),
            { Failure: DeliveryFailure.Hard } when isAddress => (HardBounce, SuppressionReasons.HardBounce, false),
            { Failure: DeliveryFailure.Soft } when isAddress && !OutcomeMetrics.IsRetried(outcome.Metric) => (
                SoftBounces.Then,
                SuppressionReasons.SoftBounces,
                false
            ),
            { Metric: OutcomeMetrics.Unsubscribed } => (Unsubscribe, SuppressionReasons.Unsubscribe, false),
            { Metric: OutcomeMetrics.Subscribed } => (Unsubscribe, SuppressionReasons.Unsubscribe, true),
            { Metric: OutcomeMetrics.PreferencesChanged } when WantsNothing(outcome) is { } nothing => (
                Preferences,
                SuppressionReasons.Preferences,
                !nothing
            ),
            _ => null,
        };
    }

    private DateTimeOffset? TimeOf(
        MessageOutcomeRecorded outcome,
        (OutcomeRule Rule, string Reason, bool Lifts) found,
        Engagement engagement
    ) =>
        found.Reason switch
        {
            SuppressionReasons.SoftBounces => engagement.Of(outcome.Channel)?.SoftBounces.LatestRun(SoftBounces.Count, SoftBounces.Within),
            SuppressionReasons.Unsubscribe when !found.Lifts => engagement.SubscribedAt > outcome.OccurredAt ? null : outcome.OccurredAt,
            SuppressionReasons.Preferences when !found.Lifts => IsWantedAfter(engagement, outcome.OccurredAt) ? null : outcome.OccurredAt,
            _ => outcome.OccurredAt,
        };

    // Null when it states nothing.
    private static bool? WantsNothing(MessageOutcomeRecorded outcome)
    {
        bool? topics = outcome.Topics is { Count: > 0 } some ? some.Values.All(wanted => !wanted) : null;
        bool? channels = outcome.Channels is { Count: > 0 } others ? others.Values.All(wanted => !wanted) : null;
        return topics is null && channels is null ? null : topics == true || channels == true;
    }

    private static bool IsWantedAfter(Engagement engagement, DateTimeOffset at) =>
        engagement.Topics.Values.Concat(engagement.ChannelPreferences.Values).Any(stated => stated.YesAt > at);
}
