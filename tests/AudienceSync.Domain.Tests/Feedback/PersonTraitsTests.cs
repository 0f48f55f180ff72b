using AudienceSync.Domain.Feedback;
using AudienceSync.Domain.Outcomes;

namespace AudienceSync.Domain.Tests.Feedback;

public sealed class PersonTraitsTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Without_an_outcome_only_the_suppression_is_known() =>
        Of(Engagement.Empty).ShouldBe(new PersonTraits(null, null, null, null, AdsSuppressed: true));

    [Fact]
    public void A_channel_with_outcomes_is_known_and_another_is_not()
    {
        var engagement = new Engagement
        {
            Email = new ChannelEngagement { HardAt = At.AddDays(-1) },
            LastClickAt = At.AddDays(-1),
            LastEmailClickAt = At.AddDays(-2),
            Complaints = [At.AddDays(-3)],
        };

        Of(engagement).ShouldBe(new PersonTraits(false, null, At.AddDays(-2), 1, AdsSuppressed: true));
    }

    [Fact]
    public void A_delivery_after_a_bounce_makes_an_address_deliverable_again()
    {
        var engagement = new Engagement
        {
            Email = new ChannelEngagement { HardAt = At.AddDays(-2), DeliveredAt = At.AddDays(-1) },
        };

        Of(engagement).EmailDeliverable.ShouldBe(true);
    }

    private static PersonTraits Of(Engagement engagement) => PersonTraits.Of(engagement, SoftBounceRule.Default, At, adsSuppressed: true);
}
