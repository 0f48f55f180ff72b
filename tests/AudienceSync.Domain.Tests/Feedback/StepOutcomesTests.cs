using AudienceSync.Domain.Feedback;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Tests.Feedback;

public sealed class StepOutcomesTests
{
    private static readonly StepPlace Delivered = new(LedgerStatus.Delivered, null, null);
    private static readonly StepPlace Adding = new(LedgerStatus.Adding, null, null);
    private static readonly StepPlace Absent = new(LedgerStatus.Absent, null, null);
    private static readonly StepPlace Rejected = new(LedgerStatus.Rejected, "meta_invalid_entry", null);
    private static readonly StepPlace Invalid = new(LedgerStatus.Invalid, "no_usable_identifier", null);
    private static readonly StepPlace Restricted = new(LedgerStatus.Absent, null, "no_consent");

    [Fact]
    public void An_add_that_is_not_projected_is_undecided() => Add(null, [Delivered]).ShouldBe(StepOutcome.Undecided);

    [Fact]
    public void An_add_is_delivered_when_one_platform_has_the_person()
    {
        Add(MembershipStatus.Present, [Rejected, Delivered]).ShouldBe(StepOutcome.Delivered);
        Add(MembershipStatus.Limited, [Restricted, Delivered]).ShouldBe(StepOutcome.Delivered);
    }

    [Fact]
    public void An_add_under_way_is_undecided_and_deferred_while_its_destination_is_parked()
    {
        Add(MembershipStatus.Present, [Adding]).ShouldBe(StepOutcome.Undecided);
        Add(MembershipStatus.Present, [Absent, Rejected]).ShouldBe(StepOutcome.Undecided);
        var deferred = Add(MembershipStatus.Present, [Absent], parked: true);
        deferred.Metric.ShouldBe("deferred");
        deferred.IsFinal.ShouldBeFalse();
    }

    [Fact]
    public void An_add_that_a_platform_refused_bounced() =>
        Add(MembershipStatus.Present, [Invalid, Rejected]).ShouldBe(StepOutcome.Bounced("meta_invalid_entry"));

    [Theory]
    [InlineData(TargetingRestrictions.Suppressed, "suppressed")]
    [InlineData(TargetingRestrictions.Erasing, "suppressed")]
    [InlineData(TargetingRestrictions.UserDataDenied, "no_consent")]
    [InlineData(TargetingRestrictions.None, "no_consent")]
    public void A_withheld_add_is_dropped_with_the_reason(TargetingRestrictions restrictions, string reason) =>
        StepOutcomes.OfAdd(MembershipStatus.Withheld, restrictions, [Absent], parked: false).ShouldBe(StepOutcome.Dropped(reason));

    [Fact]
    public void What_no_platform_gets_is_dropped_with_the_reason()
    {
        Add(MembershipStatus.Present, []).ShouldBe(StepOutcome.Dropped("no_destination"));
        Add(MembershipStatus.Present, [Invalid]).ShouldBe(StepOutcome.Dropped("no_usable_identifier"));
        Add(MembershipStatus.Present, [Restricted]).ShouldBe(StepOutcome.Dropped("no_consent"));
        Add(MembershipStatus.HeldOut, [Absent]).ShouldBe(StepOutcome.Dropped("holdout"));
        Add(MembershipStatus.Removed, [Absent]).ShouldBe(StepOutcome.Dropped("removed_since"));
    }

    [Fact]
    public void A_removal_is_delivered_when_nobody_may_have_the_person()
    {
        StepOutcomes.OfRemoval(MembershipStatus.Removed, [Absent, Rejected], parked: false).ShouldBe(StepOutcome.Delivered);
        StepOutcomes.OfRemoval(MembershipStatus.Removed, [Delivered], parked: false).ShouldBe(StepOutcome.Undecided);
        StepOutcomes.OfRemoval(MembershipStatus.Removed, [Delivered], parked: true).ShouldBe(StepOutcome.Deferred);
        StepOutcomes.OfRemoval(MembershipStatus.Present, [Delivered], parked: false).ShouldBe(StepOutcome.Dropped("added_since"));
    }

    private static StepOutcome Add(MembershipStatus? status, StepPlace[] places, bool parked = false) =>
        StepOutcomes.OfAdd(status, TargetingRestrictions.None, places, parked);
}
