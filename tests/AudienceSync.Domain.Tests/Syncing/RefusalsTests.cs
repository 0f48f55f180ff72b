using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Tests.Syncing;

public sealed class RefusalsTests
{
    private static readonly LedgerEntry Sent = new(LedgerStatus.Adding, Revision: 2, new NormalizerVersion(1));

    [Theory]
    [InlineData(LedgerStatus.Absent, false)]
    [InlineData(LedgerStatus.Rejected, false)]
    [InlineData(LedgerStatus.Invalid, false)]
    [InlineData(LedgerStatus.Adding, true)]
    [InlineData(LedgerStatus.Delivered, true)]
    [InlineData(LedgerStatus.Removing, true)]
    public void A_member_present_or_in_doubt_may_be_there_and_a_refusal_does_not_change_it(LedgerStatus status, bool may)
    {
        var before = new LedgerEntry(status, Revision: 1, new NormalizerVersion(3));

        Refusals.MayBeThere(before).ShouldBe(may);
        Refusals.MayBeThere(Refusals.OfAdd(before, Sent)).ShouldBe(may);
        Refusals.MayBeThere(Refusals.OfBatch(before, Sent)).ShouldBe(may);
    }

    [Fact]
    public void A_refused_add_of_an_absent_member_is_rejected_and_of_a_member_in_doubt_stays_in_doubt_under_the_new_delivery()
    {
        Refusals.OfAdd(LedgerEntry.Absent, Sent).ShouldBe(Sent with { Status = LedgerStatus.Rejected });
        Refusals.OfAdd(Sent, Sent).ShouldBe(Sent);
        Refusals.OfAdd(new LedgerEntry(LedgerStatus.Delivered, 1, new NormalizerVersion(3)), Sent).ShouldBe(Sent);
    }

    [Fact]
    public void A_batch_refused_as_a_whole_leaves_absent_members_absent_and_others_in_doubt_under_their_former_delivery()
    {
        var delivered = new LedgerEntry(LedgerStatus.Delivered, 1, new NormalizerVersion(3));

        Refusals.OfBatch(delivered, Sent).ShouldBe(delivered with { Status = LedgerStatus.Adding });
        Refusals
            .OfBatch(delivered with { Status = LedgerStatus.Removing }, Sent)
            .ShouldBe(delivered with { Status = LedgerStatus.Removing });
        Refusals.OfBatch(LedgerEntry.Absent, Sent).ShouldBe(Sent with { Status = LedgerStatus.Absent });
    }

    [Theory]
    [InlineData(OutcomeKind.Done, false)]
    [InlineData(OutcomeKind.PartlyDone, false)]
    [InlineData(OutcomeKind.Retry, false)]
    [InlineData(OutcomeKind.Snooze, true)]
    [InlineData(OutcomeKind.SplitBatch, true)]
    [InlineData(OutcomeKind.StopAudience, true)]
    [InlineData(OutcomeKind.StopAccount, true)]
    public void Only_an_answer_without_information_leaves_a_call_open(OutcomeKind outcome, bool nothingDone) =>
        Refusals.RefusesAll(outcome).ShouldBe(nothingDone);

    [Theory]
    [InlineData(OutcomeKind.Done, 0, 0, false)]
    [InlineData(OutcomeKind.PartlyDone, 2, 2, false)]
    [InlineData(OutcomeKind.PartlyDone, 2, 0, false)]
    [InlineData(OutcomeKind.PartlyDone, 0, 0, true)]
    [InlineData(OutcomeKind.PartlyDone, 100, 150, true)]
    public void Names_are_hidden_when_fewer_are_named_than_were_refused(OutcomeKind outcome, int named, int refused, bool hidden) =>
        Refusals.MayHideNames(outcome, named, refused).ShouldBe(hidden);

    [Fact]
    public void A_refused_removal_leaves_its_member_in_doubt() =>
        Refusals.OfRemoval(Sent).ShouldBe(Sent with { Status = LedgerStatus.Removing });

    [Fact]
    public void A_replaced_delivery_whose_removal_is_refused_becomes_residual_and_the_row_is_free_for_the_new_one()
    {
        var (row, residual) = Refusals.OfReplacement(Sent, shared: null);

        Refusals.MayBeThere(row).ShouldBeFalse();
        residual.ShouldBe(Sent with { Status = LedgerStatus.Removing });
        var shared = new LedgerEntry(LedgerStatus.Adding, 3, new NormalizerVersion(1));
        Refusals.OfReplacement(Sent, shared).ShouldBe((shared, residual));
    }
}
