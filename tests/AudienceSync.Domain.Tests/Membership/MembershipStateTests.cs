using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.Tests.Membership;

public sealed class MembershipStateTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public void A_membership_without_facts_is_not_present()
    {
        MembershipState.Nothing.StatusAt(window: null, Noon).ShouldBe(MembershipStatus.Removed);
        MembershipState.Nothing.Until(Week).ShouldBeNull();
        MembershipState.Nothing.Since(Week, Noon).ShouldBe(DateTimeOffset.MinValue);
    }

    [Fact]
    public void A_tie_is_a_removal()
    {
        var tie = new MembershipState(Noon, Noon);
        tie.StatusAt(Week, Noon).ShouldBe(MembershipStatus.Removed);
        new MembershipState(Noon + Tick, Noon).StatusAt(Week, Noon + Tick).ShouldBe(MembershipStatus.Present);
        new MembershipState(Noon, Noon + Tick).StatusAt(Week, Noon + Tick).ShouldBe(MembershipStatus.Removed);
    }

    [Fact]
    public void A_tie_is_a_removal_even_when_the_clocks_are_written_in_different_zones()
    {
        var elsewhere = Noon.ToOffset(TimeSpan.FromHours(9));
        new MembershipState(elsewhere, Noon).StatusAt(Week, Noon).ShouldBe(MembershipStatus.Removed);
    }

    [Fact]
    public void Membership_ends_at_exactly_until()
    {
        var added = new MembershipState(Noon, RemovedAt: null);
        added.Until(Week).ShouldBe(Noon + Week);
        added.StatusAt(Week, Noon + Week - Tick).ShouldBe(MembershipStatus.Present);
        added.StatusAt(Week, Noon + Week).ShouldBe(MembershipStatus.Expired);
        added.Since(Week, Noon + Week - Tick).ShouldBe(Noon);
        added.Since(Week, Noon + Week).ShouldBe(Noon + Week);
    }

    [Fact]
    public void Without_a_window_an_add_holds_until_a_remove()
    {
        var added = new MembershipState(Noon, RemovedAt: null);
        added.Until(window: null).ShouldBeNull();
        added.StatusAt(window: null, DateTimeOffset.MaxValue).ShouldBe(MembershipStatus.Present);
        var removed = added.Apply(new MembershipFact(FactKind.Removed, "a_v1", Noon + Week));
        removed.StatusAt(window: null, DateTimeOffset.MaxValue).ShouldBe(MembershipStatus.Removed);
        removed.Since(window: null, DateTimeOffset.MaxValue).ShouldBe(Noon + Week);
    }

    [Fact]
    public void A_later_add_extends_the_window_and_an_earlier_one_does_not_shorten_it()
    {
        var state = new MembershipState(Noon, RemovedAt: null);
        state.Apply(new MembershipFact(FactKind.Added, "a_v1", Noon + Tick)).Until(Week).ShouldBe(Noon + Tick + Week);
        state.Apply(new MembershipFact(FactKind.Added, "a_v1", Noon - Week)).ShouldBe(state);
    }

    [Fact]
    public void A_removal_after_the_window_is_a_removal()
    {
        var state = new MembershipState(Noon, Noon + Week + Week);
        state.StatusAt(Week, Noon + Week + Week).ShouldBe(MembershipStatus.Removed);
        state.Since(Week, Noon + Week + Week).ShouldBe(Noon + Week + Week);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6)]
    public void Until_is_capped_at_the_maximum_time(int daysBeforeTheEnd)
    {
        var added = new MembershipState(DateTimeOffset.MaxValue - TimeSpan.FromDays(daysBeforeTheEnd), RemovedAt: null);
        added.Until(Week).ShouldBe(DateTimeOffset.MaxValue);
    }

    [Fact]
    public void A_window_beyond_the_maximum_time_never_overflows()
    {
        var added = new MembershipState(Noon, RemovedAt: null);
        added.Until(TimeSpan.MaxValue).ShouldBe(DateTimeOffset.MaxValue);
        added.StatusAt(TimeSpan.MaxValue, Noon + Week).ShouldBe(MembershipStatus.Present);
    }

    [Fact]
    public void A_clock_ahead_of_utc_never_overflows_before_utc_does()
    {
        var utc = DateTimeOffset.MaxValue - TimeSpan.FromDays(2);
        var added = new MembershipState(utc.ToOffset(TimeSpan.FromHours(14)), RemovedAt: null);
        var window = TimeSpan.FromHours(40);
        added.Until(window).ShouldBe(utc + window);
    }
}
