using AudienceSync.Shop.Journeys;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Tests.Journeys;

public sealed class JourneyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Day0 = Now.AddDays(-80);

    [Fact]
    public void A_cart_of_high_value_abandoned_for_half_an_hour_adds_and_the_purchase_removes() =>
        Follow(new HighIntentCart(), Cart(Day0, 100), Bought(Day0.AddHours(3)))
            .ShouldBe([(EventKind.Add, Day0.AddMinutes(30)), (EventKind.Remove, Day0.AddHours(3))]);

    [Fact]
    public void A_cart_of_low_value_or_one_paid_within_half_an_hour_causes_no_step() =>
        Follow(new HighIntentCart(), Cart(Day0, 99.99m), Cart(Day0.AddDays(1), 500), Bought(Day0.AddDays(1).AddMinutes(29)))
            .ShouldBeEmpty();

    [Fact]
    public void A_purchase_at_the_exact_time_of_the_reminder_ties() =>
        Follow(new HighIntentCart(), Cart(Day0, 500), Bought(Day0.AddMinutes(30)))
            .ShouldBe([(EventKind.Add, Day0.AddMinutes(30)), (EventKind.Remove, Day0.AddMinutes(30))]);

    [Fact]
    public void A_reminder_that_is_not_due_yet_is_not_sent() =>
        Follow(new HighIntentCart(), Cart(Now.AddMinutes(-29), 500)).ShouldBeEmpty();

    [Fact]
    public void A_purchase_adds_to_the_buyers_and_a_refund_removes() =>
        Follow(new PostPurchase(), Bought(Day0), new ShopAction(ActionKind.Refund, Day0.AddDays(3)))
            .ShouldBe([(EventKind.Add, Day0), (EventKind.Remove, Day0.AddDays(3))]);

    [Fact]
    public void Forty_five_days_without_a_purchase_add_and_the_next_purchase_removes() =>
        Follow(new Winback(), Bought(Day0), Bought(Day0.AddDays(60)))
            .ShouldBe([(EventKind.Add, Day0.AddDays(45)), (EventKind.Remove, Day0.AddDays(60))]);

    [Fact]
    public void A_buyer_who_returns_in_time_is_never_added() =>
        Follow(new Winback(), Bought(Day0), Bought(Day0.AddDays(40)), Bought(Day0.AddDays(79))).ShouldBeEmpty();

    private static ShopAction Cart(DateTimeOffset at, decimal value) => new(ActionKind.AbandonCart, at, value);

    private static ShopAction Bought(DateTimeOffset at) => new(ActionKind.Purchase, at);

    private static (EventKind Kind, DateTimeOffset At)[] Follow(IJourney journey, params ShopAction[] actions) =>
        [.. journey.Follow(actions, Now).Select(step => (step.Kind, step.At))];
}
