using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Decisions;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Outcomes;

namespace AudienceSync.Domain.Tests.Decisions;

/// <summary>What is answered about somebody unknown, erased or silent, and which fields and keys count.</summary>
public sealed class DecisionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private static readonly AudienceKeySet Keys = new([
        new PublishedKey(1, AudienceKey.Of("cart", 1), null),
        new PublishedKey(2, AudienceKey.Of("cart", 2), TimeSpan.FromDays(7)) { InheritsFrom = 1 },
        new PublishedKey(3, AudienceKey.Of("cart", 3), null),
        new PublishedKey(4, AudienceKey.Of("cart_v1", 1), null),
        new PublishedKey(5, AudienceKey.Of("winback", 1), null),
    ]);

    [Fact]
    public void A_field_that_is_not_allowed_is_not_there_and_the_fallback_flag_always_is()
    {
        foreach (var name in DecisionFieldNames.All)
        {
            DecisionFieldNames.TryParse(name, out var field).ShouldBeTrue();
            var names = Answer(field, erased: false).Select(value => value.Name).ToList();
            names[0].ShouldBe("fallback");
            names
                .Skip(1)
                .ShouldBe(
                    field switch
                    {
                        DecisionFields.Audiences => ["in_cart", "in_nowhere", "unknown_audiences"],
                        DecisionFields.Topics => ["topic_2", "topic_news_letter"],
                        _ => [name],
                    }
                );
        }

        DecisionFieldNames.TryParse("everything", out _).ShouldBeFalse();
        DecisionFieldNames.All.Count.ShouldBe(16);
    }

    [Fact]
    public void Somebody_erased_is_suppressed_for_that_reason()
    {
        var answer = Answer(DecisionFields.All, erased: true).ToDictionary(value => value.Name, value => value.Value);
        answer["known"].ShouldBe(FieldValue.Of(false));
        answer["erased"].ShouldBe(FieldValue.Of(true));
        answer["suppressed"].ShouldBe(FieldValue.Of(true));
        answer["suppressed_reason"].ShouldBe(FieldValue.Of("erasure"));
        answer["consent_ads"].ShouldBe(FieldValue.Null);
    }

    [Fact]
    public void The_reason_is_that_of_the_latest_suppression_everywhere()
    {
        LogEvent[] events =
        [
            Suppressed(5, hours: 3, "late", null),
            Suppressed(6, hours: 9, "elsewhere", "meta_main"),
            Suppressed(9, hours: 1, "early", null),
            new(new Position(10), default, EventTypes.Linked, "{}"u8.ToArray(), Now),
        ];
        SuppressionReason.Of(events).ShouldBe("late");
        SuppressionReason.Of([.. events, Suppressed(7, hours: 3, "same time, later event", null)]).ShouldBe("same time, later event");
        SuppressionReason.Of([]).ShouldBeNull();
    }

    [Theory]
    [InlineData("cart", new int[0], 3)]
    [InlineData("cart", new[] { 1 }, 1)]
    [InlineData("cart", new[] { 1, 2, 5 }, 2)]
    [InlineData("cart_v2", new[] { 1 }, 2)]
    [InlineData("cart_v1", new[] { 4 }, 1)]
    [InlineData("cart_v1_v1", new int[0], 4)]
    [InlineData("cart_v9", new int[0], null)]
    [InlineData("car", new int[0], null)]
    public void A_name_means_the_key_or_the_newest_that_feeds_or_the_newest(string name, int[] feeding, int? key) =>
        (AskedAudiences.Resolve([name], Keys, feeding.ToHashSet()).ShouldHaveSingleItem().Key?.KeyId).ShouldBe(key);

    [Fact]
    public void Without_names_every_audience_is_answered_and_the_rows_of_predecessors_are_needed()
    {
        AskedAudiences.Resolve([], Keys, new HashSet<int>()).Select(one => one.Name).ShouldBe(["cart", "cart_v1", "winback"]);
        AskedAudiences.Candidates([], Keys).Order().ShouldBe([1, 2, 3, 4, 5]);
        AskedAudiences.Candidates(["cart_v2"], Keys).Order().ShouldBe([1, 2]);
        AskedAudiences.Candidates(["winback", "nowhere"], Keys).ShouldBe([5]);
    }

    [Fact]
    public void Outcomes_become_fields_and_a_topic_a_name_that_a_template_can_write()
    {
        var bounced = Engagement.Empty.Apply(Outcome("bounced", "email") with { Failure = DeliveryFailure.Hard });
        var fields = EngagementFields.Of(bounced, SoftBounceRule.Default, Now).ToDictionary(one => one.Value.Name, one => one.Value.Value);
        fields["email_deliverable"].ShouldBe(FieldValue.Of(false));
        fields["email_undeliverable_reason"].ShouldBe(FieldValue.Of("hard_bounce"));
        fields["sms_deliverable"].ShouldBe(FieldValue.Of(true));
        var clicked = EngagementFields.Of(Engagement.Empty.Apply(Outcome("clicked", "email")), SoftBounceRule.Default, Now);
        clicked.Single(one => one.Field == DecisionFields.LastClickAt).Value.Value.ShouldBe(FieldValue.Of("2026-11-30T12:00:00Z"));
        EngagementFields.Of(Topics(), SoftBounceRule.Default, Now).Count(one => one.Field == DecisionFields.Topics).ShouldBe(2);
    }

    private static IReadOnlyList<NamedValue> Answer(DecisionFields allowed, bool erased)
    {
        var facts = new DecisionFacts(null, erased, null, EngagementFields.Of(Topics(), SoftBounceRule.Default, Now), 7);
        return Decision.Of(facts, AskedAudiences.Resolve(["cart", "nowhere"], Keys, new HashSet<int>()), allowed);
    }

    // Two spellings of one topic are one field.
    private static Engagement Topics() =>
        Engagement.Empty.Apply(
            Outcome(OutcomeMetrics.PreferencesChanged, OutcomeChannels.Customer) with
            {
                Topics = new Dictionary<string, bool>
                {
                    ["2"] = true,
                    ["topic_2"] = true,
                    ["News-Letter"] = false,
                },
            }
        );

    private static MessageOutcomeRecorded Outcome(string metric, string channel) => new(Now, "test", channel, metric);

    private static LogEvent Suppressed(long position, int hours, string reason, string? destination) =>
        new(
            new Position(position),
            new PersonId(Guid.NewGuid()),
            EventTypes.Suppressed,
            EventJson.Write(new PersonSuppressed(Now.AddHours(hours), "test", destination, reason)),
            Now
        );
}
