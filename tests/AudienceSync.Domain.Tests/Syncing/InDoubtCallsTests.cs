using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Tests.Syncing;

public sealed class InDoubtCallsTests
{
    private static readonly LedgerEntry Delivery = new(LedgerStatus.Adding, Revision: 1, new NormalizerVersion(1));

    [Theory]
    [InlineData(LedgerStatus.Absent, null)]
    [InlineData(LedgerStatus.Adding, MemberOperation.Add)]
    [InlineData(LedgerStatus.Delivered, null)]
    [InlineData(LedgerStatus.Removing, MemberOperation.Remove)]
    [InlineData(LedgerStatus.Rejected, null)]
    [InlineData(LedgerStatus.Invalid, null)]
    public void A_row_without_an_answer_has_a_call_under_way(LedgerStatus status, MemberOperation? expected) =>
        InDoubtCalls.UnderWay(Delivery with { Status = status }).ShouldBe(expected);

    [Theory]
    [InlineData(LedgerStatus.Absent, 1, Step.Remove)]
    [InlineData(LedgerStatus.Rejected, 1, Step.Remove)]
    [InlineData(LedgerStatus.Invalid, 1, Step.Remove)]
    [InlineData(LedgerStatus.Delivered, 1, Step.Nothing)]
    [InlineData(LedgerStatus.Adding, 1, Step.Nothing)]
    [InlineData(LedgerStatus.Removing, 1, Step.Nothing)]
    [InlineData(LedgerStatus.Delivered, 2, Step.Remove)]
    public void A_late_add_is_removed_unless_the_row_has_the_same_delivery(LedgerStatus status, int revision, Step expected) =>
        InDoubtCalls.StepFor(MemberOperation.Add, Delivery, new LedgerEntry(status, revision, new NormalizerVersion(1))).ShouldBe(expected);

    [Theory]
    [InlineData(LedgerStatus.Absent, Step.Nothing)]
    [InlineData(LedgerStatus.Adding, Step.Nothing)]
    [InlineData(LedgerStatus.Delivered, Step.Add)]
    [InlineData(LedgerStatus.Removing, Step.Nothing)]
    public void A_late_removal_is_repaired_by_sending_the_returned_member_again(LedgerStatus status, Step expected) =>
        InDoubtCalls.StepFor(MemberOperation.Remove, Delivery, Delivery with { Status = status }).ShouldBe(expected);

    [Fact]
    public void Another_normalizer_is_another_delivery() =>
        InDoubtCalls
            .StepFor(MemberOperation.Add, Delivery, new LedgerEntry(LedgerStatus.Delivered, 1, new NormalizerVersion(2)))
            .ShouldBe(Step.Remove);
}
