using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Experiments;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Tests;

/// <summary>One full record of every event type: the content of the golden files.</summary>
internal static class GoldenEvents
{
    private static readonly AudienceKey Key = AudienceKey.Of("high_intent_cart_7d", 1);

    private static readonly DateTimeOffset At = new DateTimeOffset(2026, 3, 1, 12, 30, 15, TimeSpan.Zero).AddTicks(1_234_560);

    private static readonly RemoteAudience Remote = new("meta_main", "238500000000001");

    /// <summary>The event as which the first form of a published key is read.</summary>
    public static readonly IReadOnlyDictionary<string, IStoredEvent> Older = new Dictionary<string, IStoredEvent>
    {
        ["audience_key_published"] = new AudienceKeyPublished(
            Key,
            604_800,
            "retargeting",
            "growth",
            "cart value over 100, no order for 7 days"
        ),
    };

    /// <summary>
    /// Forms with fields that are written only when they are set, by the part of the file's name after the alias and its form.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, IStoredEvent> Variants = new Dictionary<string, IStoredEvent>
    {
        ["audience_bound.v1.exclusive.json"] = new AudienceBound(Key, Remote, "ann", "launch") { Exclusive = true },
        ["audience_experiment_declared.v1.open.json"] = new AudienceExperimentDeclared(
            "high_intent_cart_7d",
            new ExperimentTerms("spring_holdout", "spring_holdout", 9_000, 1_000, StartsAt: null, EndsAt: null),
            "ann",
            Why: null
        ),
        ["message_outcome_recorded.v1.machine.json"] = new MessageOutcomeRecorded(At, "cio_reporting", "email", "clicked")
        {
            Machine = true,
            BroadcastId = 9,
            NewsletterId = 7,
        },
        ["message_outcome_recorded.v1.preferences.json"] = new MessageOutcomeRecorded(
            At,
            "cio_reporting",
            "customer",
            "cio_subscription_preferences_changed"
        )
        {
            Topics = new Dictionary<string, bool> { ["topic_7"] = false, ["topic_8"] = true },
            Channels = new Dictionary<string, bool> { ["email"] = true },
        },
    };

    public static readonly IReadOnlyList<IStoredEvent> All =
    [
        new AudienceMemberAdded(
            Key,
            At,
            "shop",
            new Consent(ConsentAnswer.Granted, ConsentAnswer.Denied),
            new JourneyContext("cart", "reminder 2", "b", "msg-77")
        ),
        new AudienceMemberRemoved(
            Key,
            At,
            "shop",
            new Consent(ConsentAnswer.Denied, ConsentAnswer.Unspecified),
            new JourneyContext("cart", Step: null, Variant: null, "msg-78")
        ),
        new AudienceExposureRecorded(
            Key,
            At,
            "läden",
            Consent: default,
            new JourneyContext("größe \"L\"", "1", Variant: null, Message: null)
        ),
        new PersonIdentifiersChanged(3),
        new AudienceKeyPublished(Key, 604_800, "retargeting", "growth", "cart value over 100, no order for 7 days")
        {
            MatchKeys = MatchKeys.Email | MatchKeys.CustomerId,
            ConsentPolicy = ConsentPolicy.Required,
            Inherits = true,
            By = "ann",
            Why = "first version",
        },
        new AudienceRegistered(
            "high_intent_cart_7d",
            new AudienceText("retargeting", "growth", "cart value over 100", 500_000),
            "ann",
            "launch"
        ),
        new AudienceDescribed("high_intent_cart_7d", new AudienceText("retargeting", "retention", Definition: null), "ben", Why: null),
        new AudienceBound(Key, Remote, "ann", "launch"),
        new AudienceUnbound("high_intent_cart_7d", Remote, "ann", "the account is closed"),
        new AudienceKeyPromoted(AudienceKey.Of("high_intent_cart_7d", 2), Key, Remote, "ann", "14 days convert better")
        {
            LateEvents = LateEvents.Quarantine,
        },
        new AudienceKeyRolledBack(Key, AudienceKey.Of("high_intent_cart_7d", 2), Remote, "ben", "they do not"),
        new AudienceKeyRetired(AudienceKey.Of("high_intent_cart_7d", 2), "ben", Why: null),
        new AudiencePaused("high_intent_cart_7d", "ann", "freeze"),
        new AudienceResumed("high_intent_cart_7d", "ann", Why: null),
        new AudienceExperimentDeclared(
            "high_intent_cart_7d",
            new ExperimentTerms("spring_holdout", "größe \"7\"", 9_000, 1_000, At, At.AddDays(28)),
            "ann",
            "lift"
        ),
        new AudienceExperimentEnded("high_intent_cart_7d", "spring_holdout", "ben", "it hurts"),
        new PersonLinked(new PersonId(Guid.Parse("0198b2f0-0000-7000-8000-000000000001"))),
        new PersonConsentChanged(At, "api", new Consent(ConsentAnswer.Denied, ConsentAnswer.Granted)),
        new PersonSuppressed(At, "api", "meta_main", "opted out by letter"),
        new PersonSuppressionLifted(At, "api", Destination: null, "came back"),
        new PersonErasureRequested(At, Guid.Parse("0198b2f0-0000-7000-8000-000000000002")),
        new PersonErased(At, Guid.Parse("0198b2f0-0000-7000-8000-000000000002")),
        new MessageOutcomeRecorded(At, "cio_reporting", "email", "bounced")
        {
            Failure = DeliveryFailure.Hard,
            CampaignId = 23,
            ActionId = 36,
        },
    ];
}
