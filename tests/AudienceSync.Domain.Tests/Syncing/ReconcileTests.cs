using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Tests.Syncing;

public sealed class ReconcileTests
{
    /// <summary>
    /// The whole table. The columns show the step when revision, normalizer and match keys are as delivered, and when one is not.
    /// </summary>
    private static readonly (bool Desired, LedgerStatus Status, Step Same, Step Other)[] Table =
    [
        (true, LedgerStatus.Absent, Step.Add, Step.Add),
        (true, LedgerStatus.Adding, Step.Add, Step.Replace),
        (true, LedgerStatus.Delivered, Step.Nothing, Step.Replace),
        (true, LedgerStatus.Removing, Step.Add, Step.Replace),
        (true, LedgerStatus.Rejected, Step.Nothing, Step.Add),
        (true, LedgerStatus.Invalid, Step.Nothing, Step.Add),
        (false, LedgerStatus.Absent, Step.Nothing, Step.Nothing),
        (false, LedgerStatus.Adding, Step.Remove, Step.Remove),
        (false, LedgerStatus.Delivered, Step.Remove, Step.Remove),
        (false, LedgerStatus.Removing, Step.Remove, Step.Remove),
        (false, LedgerStatus.Rejected, Step.Nothing, Step.Nothing),
        (false, LedgerStatus.Invalid, Step.Nothing, Step.Nothing),
    ];

    [Fact]
    public void The_table_has_a_row_for_every_status_in_both_directions() =>
        Table
            .Select(r => (r.Desired, r.Status))
            .ShouldBe(Enum.GetValues<LedgerStatus>().SelectMany(s => new[] { (true, s), (false, s) }), ignoreOrder: true);

    [Fact]
    public void The_step_matches_the_table_for_every_combination()
    {
        foreach (var (desired, status, same, other) in Table)
        {
            var entry = new LedgerEntry(status, Revision: 4, new NormalizerVersion(2));
            Reconcile.For(desired, entry, revision: 4, new NormalizerVersion(2)).ShouldBe(same, $"{desired} {status} same");
            Reconcile.For(desired, entry, revision: 5, new NormalizerVersion(2)).ShouldBe(other, $"{desired} {status} other revision");
            Reconcile.For(desired, entry, revision: 4, new NormalizerVersion(3)).ShouldBe(other, $"{desired} {status} other normalizer");
            Reconcile.For(desired, entry, revision: 5, new NormalizerVersion(3)).ShouldBe(other, $"{desired} {status} both other");
            Reconcile
                .For(desired, entry, revision: 4, new NormalizerVersion(2), MatchKeys.Phone)
                .ShouldBe(other, $"{desired} {status} other match keys");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_status_without_a_rule_is_an_error_and_is_not_ignored(bool desired) =>
        Should.Throw<ArgumentOutOfRangeException>(() =>
            Reconcile.For(desired, new LedgerEntry((LedgerStatus)99, 1, new NormalizerVersion(1)), 1, new NormalizerVersion(1))
        );

    [Fact]
    public void A_member_without_a_ledger_row_is_absent() => LedgerEntry.Absent.Status.ShouldBe(LedgerStatus.Absent);
}
