using AudienceSync.Domain.Events;
using AudienceSync.Domain.Outcomes;
using AudienceSync.Domain.Permission;
using Xunit.Abstractions;

namespace AudienceSync.Domain.Tests.Outcomes;

/// <summary>What outcomes lead to, and that their order does not matter.</summary>
public sealed class OutcomePolicyTests(ITestOutputHelper output)
{
    private static readonly OutcomePolicy Strict = new()
    {
        HardBounce = OutcomeRule.SuppressAt("google", "meta"),
        SoftBounces = new SoftBounceRule(2, 1, OutcomeRule.Suppress),
        Unsubscribe = OutcomeRule.Suppress,
        Preferences = OutcomeRule.SuppressAt("meta"),
    };

    [Theory]
    [InlineData("email", "bounced", "hard_bounce")]
    [InlineData("sms", "bounced", "hard_bounce")]
    [InlineData("push", "bounced", null)]
    [InlineData("whatsapp", "bounced", null)]
    [InlineData("email", "spammed", "complaint")]
    [InlineData("email", "failed", null)]
    [InlineData("email", "dropped", null)]
    [InlineData("email", "unsubscribed", null)]
    [InlineData("customer", "subscribed", null)]
    [InlineData("email", "delivered", null)]
    public void By_default_hard_bounces_and_complaints_suppress_everywhere(string channel, string metric, string? reason)
    {
        var outcome = OutcomeSamples.Of(channel, metric, 1);
        var consequences = OutcomePolicy.Default.ConsequencesOf(outcome, Engagement.Empty.Apply(outcome));

        consequences.ShouldBe(reason is null ? [] : [new OutcomeConsequence(false, null, reason, OutcomeSamples.At(1))]);
        OutcomePolicy.Default.Concerns(outcome).ShouldBe(reason is not null);
    }

    [Fact]
    public void A_rule_can_name_destinations()
    {
        var bounce = OutcomeSamples.Of("email", "bounced", 1);
        Strict.ConsequencesOf(bounce, Engagement.Empty.Apply(bounce)).Select(one => one.Destination).ShouldBe(["google", "meta"]);
    }

    [Fact]
    public void An_old_refusal_does_not_suppress_after_a_later_subscription_which_lifts()
    {
        var engagement = Engagement
            .Empty.Apply(OutcomeSamples.Of("customer", "subscribed", 5))
            .Apply(OutcomeSamples.Of("email", "unsubscribed", 4));

        Strict.ConsequencesOf(OutcomeSamples.Of("email", "unsubscribed", 4), engagement).ShouldBeEmpty();
        Strict
            .ConsequencesOf(OutcomeSamples.Of("customer", "subscribed", 5), engagement)
            .ShouldBe([new OutcomeConsequence(true, null, "unsubscribe", OutcomeSamples.At(5))]);
    }

    [Fact]
    public void A_change_of_preferences_suppresses_when_nothing_is_wanted_and_lifts_when_something_is()
    {
        var nothing = OutcomeSamples.Preferences(1, ("topic_1", false), ("topic_2", false));
        var something = OutcomeSamples.Preferences(2, ("topic_1", true), ("topic_2", false));

        Strict.ConsequencesOf(nothing, Engagement.Empty.Apply(nothing)).ShouldHaveSingleItem().Lifts.ShouldBeFalse();
        Strict.ConsequencesOf(nothing, Engagement.Empty.Apply(nothing).Apply(something)).ShouldBeEmpty();
        Strict.ConsequencesOf(something, Engagement.Empty.Apply(something)).ShouldHaveSingleItem().Lifts.ShouldBeTrue();
        Strict.Concerns(OutcomeSamples.Preferences(3)).ShouldBeFalse("it states nothing");
    }

    [Fact]
    public void Soft_bounces_suppress_since_the_one_that_completes_the_number()
    {
        var (first, second) = (OutcomeSamples.Of("email", "failed", 1), OutcomeSamples.Of("email", "failed", 3));
        var engagement = Engagement.Empty.Apply(second).Apply(first);

        Strict.ConsequencesOf(first, engagement).ShouldHaveSingleItem().At.ShouldBe(OutcomeSamples.At(3));
        Strict.ConsequencesOf(first, Engagement.Empty.Apply(first)).ShouldBeEmpty();
    }

    [Fact]
    public void The_order_in_which_outcomes_are_processed_does_not_change_who_is_suppressed()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 1_000; round++)
        {
            var outcomes = Enumerable.Range(0, random.Next(1, 25)).Select(_ => OutcomeSamples.Any(random)).ToArray();
            Suppressions(outcomes).ShouldBe(Suppressions(Shuffle.WithRepeats(outcomes, random)), $"seed {seed}, round {round}");
        }
    }

    // What does not come from a later answer of the same kind: that depends on what else is known, and is decided where it is appended.
    private static string[] Suppressions(IReadOnlyList<MessageOutcomeRecorded> outcomes)
    {
        var engagement = Engagement.Empty;
        var targeting = new SortedDictionary<string, YesNo>(StringComparer.Ordinal);
        foreach (var outcome in outcomes)
        {
            engagement = engagement.Apply(outcome);
            foreach (var one in Strict.ConsequencesOf(outcome, engagement))
            {
                var scope = $"{one.Reason} at {one.Destination}";
                targeting[scope] = targeting.GetValueOrDefault(scope).Apply(one.Lifts, one.At);
            }
        }

        return [.. targeting.Where(one => one.Value.IsNo).Select(one => one.Key)];
    }
}
