using AudienceSync.Domain.Events;
using AudienceSync.Domain.Outcomes;
using Xunit.Abstractions;

namespace AudienceSync.Domain.Tests.Outcomes;

/// <summary>The fold of outcomes: single rules, then any order, repetition and split against a search of all outcomes.</summary>
public sealed class EngagementTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Now = OutcomeSamples.At(60);

    [Theory]
    [InlineData("bounced", "550 5.1.1 user unknown", "hard_bounce")]
    [InlineData("bounced", null, "hard_bounce")]
    [InlineData("spammed", null, "complaint")]
    [InlineData("dropped", null, "blocked")]
    [InlineData("failed", "connection timed out", null)]
    [InlineData("delivered", null, null)]
    public void One_outcome_decides_the_deliverability_of_its_channel_only(string metric, string? text, string? reason)
    {
        var engagement = Engagement.Empty.Apply(OutcomeSamples.Of("email", metric, 1, text));

        var expected = reason is null ? Deliverability.Unhindered : new Deliverability(false, reason, OutcomeSamples.At(1));
        engagement.DeliverabilityOf("email", Now).ShouldBe(expected);
        engagement.DeliverabilityOf("sms", Now).ShouldBe(Deliverability.Unhindered);
        engagement.DeliverabilityOf("pigeon", Now).ShouldBe(Deliverability.Unhindered);
    }

    [Fact]
    public void A_later_delivery_ends_a_bounce_and_a_block_but_not_a_complaint()
    {
        foreach (var metric in new[] { "bounced", "dropped" })
        {
            var gone = Engagement.Empty.Apply(OutcomeSamples.Of("email", metric, 1));
            gone.Apply(OutcomeSamples.Of("email", "delivered", 1)).DeliverabilityOf("email", Now).Deliverable.ShouldBeFalse();
            gone.Apply(OutcomeSamples.Of("email", "delivered", 2)).DeliverabilityOf("email", Now).Deliverable.ShouldBeTrue();
        }

        var complained = Engagement.Empty.Apply(OutcomeSamples.Of("email", "spammed", 1)).Apply(OutcomeSamples.Of("email", "delivered", 2));
        complained.DeliverabilityOf("email", Now).Reason.ShouldBe("complaint");
        complained.Apply(OutcomeSamples.Of("customer", "subscribed", 3)).DeliverabilityOf("email", Now).Deliverable.ShouldBeTrue();
    }

    [Fact]
    public void Enough_soft_bounces_within_the_period_count_and_a_retry_is_not_a_bounce()
    {
        var engagement = Engagement.Empty;
        for (var n = 1; n <= 4; n++)
        {
            engagement = engagement.Apply(OutcomeSamples.Of("email", "failed", n)).Apply(OutcomeSamples.Of("email", "attempted", 10 + n));
        }

        engagement.DeliverabilityOf("email", Now).Deliverable.ShouldBeTrue();
        var fifth = engagement.Apply(OutcomeSamples.Of("email", "bounced", 5, "452 mailbox full"));
        fifth.DeliverabilityOf("email", Now).ShouldBe(new Deliverability(false, "soft_bounces", OutcomeSamples.At(5)));
        fifth.DeliverabilityOf("email", OutcomeSamples.At(2).AddDays(30)).Deliverable.ShouldBeTrue("the first is too old");
        fifth.Apply(OutcomeSamples.Of("email", "delivered", 6)).DeliverabilityOf("email", Now).Deliverable.ShouldBeTrue();
    }

    [Fact]
    public void Clicks_and_opens_of_machines_are_not_the_person_s()
    {
        var engagement = Engagement
            .Empty.Apply(OutcomeSamples.Of("email", "clicked", 1))
            .Apply(OutcomeSamples.Of("email", "clicked", 2, machine: true))
            .Apply(OutcomeSamples.Of("email", "opened", 3))
            .Apply(OutcomeSamples.Of("email", "opened", 4, machine: true))
            .Apply(OutcomeSamples.Of("push", "clicked", 5));

        engagement.LastClickAt.ShouldBe(OutcomeSamples.At(5));
        engagement.LastEmailClickAt.ShouldBe(OutcomeSamples.At(1));
        engagement.LastMachineClickAt.ShouldBe(OutcomeSamples.At(2));
        engagement.LastOpenedAt.ShouldBe(OutcomeSamples.At(3));
    }

    [Fact]
    public void The_latest_answer_counts_and_a_refusal_on_a_tie()
    {
        var refused = Engagement
            .Empty.Apply(OutcomeSamples.Of("customer", "subscribed", 2))
            .Apply(OutcomeSamples.Of("email", "unsubscribed", 2));
        refused.Unsubscribed.ShouldBeTrue();
        refused.Apply(OutcomeSamples.Of("sms", "subscribed", 3)).Unsubscribed.ShouldBeFalse();
        Engagement.Empty.Unsubscribed.ShouldBeFalse();

        var topics = Engagement
            .Empty.Apply(OutcomeSamples.Preferences(5, ("topic_7", true)))
            .Apply(OutcomeSamples.Preferences(4, ("topic_7", false), ("topic_8", false)))
            .Topics;
        topics["topic_7"].IsYes.ShouldBeTrue();
        topics["topic_8"].IsNo.ShouldBeTrue();
    }

    [Fact]
    public void Neither_order_nor_repetition_nor_the_split_between_anchors_matters()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 1_000; round++)
        {
            var outcomes = Enumerable.Range(0, random.Next(60)).Select(_ => OutcomeSamples.Any(random)).ToArray();
            var expected = Fold(outcomes);
            Fold(Shuffle.WithRepeats(outcomes, random)).ShouldBe(expected, $"seed {seed}, round {round}");

            var split = outcomes.ToLookup(_ => random.Next(2) == 0);
            var (one, other) = (Fold(split[true]), Fold(split[false]));
            one.With(other).ShouldBe(expected, $"seed {seed}, round {round}");
            other.With(one).ShouldBe(expected, $"seed {seed}, round {round}");
            one.With(one).ShouldBe(one, $"seed {seed}, round {round}");
            Search(outcomes, expected, $"seed {seed}, round {round}");
        }
    }

    private static Engagement Fold(IEnumerable<MessageOutcomeRecorded> outcomes) =>
        outcomes.Aggregate(Engagement.Empty, (engagement, outcome) => engagement.Apply(outcome));

    private static void Search(MessageOutcomeRecorded[] outcomes, Engagement engagement, string because)
    {
        engagement.LastDeliveredAt.ShouldBe(Last(outcomes, one => one.Metric == "delivered"), because);
        engagement.LastClickAt.ShouldBe(Last(outcomes, one => one is { Metric: "clicked", Machine: false }), because);
        engagement.LastEmailClickAt.ShouldBe(
            Last(outcomes, one => one is { Channel: "email", Metric: "clicked", Machine: false }),
            because
        );
        engagement.LastMachineClickAt.ShouldBe(Last(outcomes, one => one is { Metric: "clicked", Machine: true }), because);
        engagement.LastOpenedAt.ShouldBe(Last(outcomes, one => one is { Metric: "opened", Machine: false }), because);
        engagement.Email.HardAt.ShouldBe(Last(outcomes, one => one is { Channel: "email", Failure: DeliveryFailure.Hard }), because);
        engagement.ComplaintCount.ShouldBe(
            outcomes.Where(one => one.Metric == "spammed").Select(one => one.OccurredAt).Distinct().Count(),
            because
        );
        var unsubscribed = Last(outcomes, one => one.Metric == "unsubscribed");
        var subscribed = Last(outcomes, one => one.Metric == "subscribed");
        engagement.Unsubscribed.ShouldBe(unsubscribed is not null && (subscribed is null || unsubscribed >= subscribed), because);
    }

    private static DateTimeOffset? Last(MessageOutcomeRecorded[] outcomes, Func<MessageOutcomeRecorded, bool> counts) =>
        outcomes.Where(counts).Select(one => (DateTimeOffset?)one.OccurredAt).Max();
}
