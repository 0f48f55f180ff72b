using AudienceSync.Shop.Outcomes;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Tests.Outcomes;

public sealed class OutcomeOracleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    private int _number;

    [Theory]
    [InlineData("HardBounced", true)]
    [InlineData("Complained", true)]
    [InlineData("SoftBounced", false)]
    [InlineData("Unsubscribed", false)]
    [InlineData("PreferencesChanged", false)]
    [InlineData("ClickedByMachine", false)]
    public void Only_hard_bounces_and_complaints_suppress(string kind, bool suppressed) =>
        new OutcomeOracle([Make(Enum.Parse<OutcomeKind>(kind), 1)]).IsSuppressed(1).ShouldBe(suppressed);

    [Fact]
    public void A_text_message_that_bounces_suppresses_and_email_still_arrives()
    {
        var oracle = new OutcomeOracle([Make(OutcomeKind.HardBounced, 1, OutcomeChannel.Sms)]);

        oracle.Suppressed.ShouldBe([1]);
        oracle.IsEmailDeliverable(1, Now).ShouldBeTrue();
    }

    [Fact]
    public void Email_does_not_arrive_after_a_hard_bounce_or_a_complaint()
    {
        new OutcomeOracle([Make(OutcomeKind.Delivered, 9), Make(OutcomeKind.HardBounced, 2)]).IsEmailDeliverable(1, Now).ShouldBeFalse();
        new OutcomeOracle([Make(OutcomeKind.Complained, 2)]).IsEmailDeliverable(1, Now).ShouldBeFalse();
        new OutcomeOracle([Make(OutcomeKind.Unsubscribed, 2)]).IsEmailDeliverable(1, Now).ShouldBeTrue();
    }

    [Fact]
    public void Five_soft_bounces_within_thirty_days_and_no_delivery_after_them_are_too_many()
    {
        OutcomeEvent[] Soft(params double[] days) => [.. days.Select(day => Make(OutcomeKind.SoftBounced, day))];

        new OutcomeOracle(Soft(1, 2, 3, 4, 5)).IsEmailDeliverable(1, Now).ShouldBeFalse();
        new OutcomeOracle(Soft(1, 2, 3, 4)).IsEmailDeliverable(1, Now).ShouldBeTrue();
        new OutcomeOracle(Soft(1, 2, 3, 4, 31)).IsEmailDeliverable(1, Now).ShouldBeTrue();
        new OutcomeOracle([.. Soft(1, 2, 3, 4, 5), Make(OutcomeKind.Delivered, 2.5)]).IsEmailDeliverable(1, Now).ShouldBeTrue();
    }

    [Fact]
    public void Repeats_order_and_flawed_events_do_not_matter()
    {
        OutcomeEvent[] four = [.. Enumerable.Range(1, 4).Select(day => Make(OutcomeKind.SoftBounced, day))];

        new OutcomeOracle([.. four, .. four.Reverse()]).IsEmailDeliverable(1, Now).ShouldBeTrue();
        new OutcomeOracle([Make(OutcomeKind.HardBounced, 1) with { Flaw = OutcomeFlaw.DamagedBody }]).Suppressed.ShouldBeEmpty();
    }

    private OutcomeEvent Make(OutcomeKind kind, double daysAgo, OutcomeChannel channel = OutcomeChannel.Email) =>
        new(++_number, 1, channel, kind, Now.AddDays(-daysAgo), Identifiers.Email, OutcomeFlaw.None, "{}");
}
