using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Tests.Syncing;

/// <summary>
/// Why the ledger writes its intents: after any sequence of changes, crashes and lost answers, fault-free steps bring the platform to the
/// desired state. The canaries break one cell of the table each, and the same sequences must detect them.
/// </summary>
public sealed class ReconcileModelTests
{
    private const int Sequences = 20_000;

    public static TheoryData<string> Mistakes => [.. Broken.Keys];

    public static TheoryData<string> WrongRefusals => [.. Misread.Keys];

    private static readonly Dictionary<string, RefusalRules> Misread = new(StringComparer.Ordinal)
    {
        ["a refused add is rejected, whatever was in doubt"] = RefusalRules.Ours with
        {
            OfAdd = (_, sent) => sent with { Status = LedgerStatus.Rejected },
        },
        ["a refused removal counts as removed"] = RefusalRules.Ours with { OfRemoval = sent => sent with { Status = LedgerStatus.Absent } },
        ["a replaced delivery whose removal is refused is forgotten"] = RefusalRules.Ours with
        {
            OfReplacement = former => (former with { Status = LedgerStatus.Absent }, null),
        },
    };

    private static readonly Dictionary<string, ReconcileTable> Broken = new(StringComparer.Ordinal)
    {
        ["adding counts as absent when the member is to be removed"] = (d, e, r, n) =>
            !d && e.Status == LedgerStatus.Adding ? Step.Nothing : Reconcile.For(d, e, r, n),
        ["removing counts as already removed"] = (d, e, r, n) =>
            !d && e.Status == LedgerStatus.Removing ? Step.Nothing : Reconcile.For(d, e, r, n),
        ["removing counts as still there when the member is desired again"] = (d, e, r, n) =>
            d && e.Status == LedgerStatus.Removing ? Step.Nothing : Reconcile.For(d, e, r, n),
        ["adding counts as delivered"] = (d, e, r, n) => d && e.Status == LedgerStatus.Adding ? Step.Nothing : Reconcile.For(d, e, r, n),
        ["adding under an old revision needs no removal"] = (d, e, r, n) =>
            d && e.Status == LedgerStatus.Adding ? Step.Add : Reconcile.For(d, e, r, n),
        ["a new normalizer changes nothing"] = (d, e, r, _) => Reconcile.For(d, e, r, e.Normalizer),
        ["a new revision changes nothing"] = (d, e, _, n) => Reconcile.For(d, e, e.Revision, n),
        ["rejected is never retried"] = (d, e, r, n) => e.Status == LedgerStatus.Rejected ? Step.Nothing : Reconcile.For(d, e, r, n),
        ["invalid is never retried"] = (d, e, r, n) => e.Status == LedgerStatus.Invalid ? Step.Nothing : Reconcile.For(d, e, r, n),
    };

    [Fact]
    public void After_any_sequence_of_crashes_and_lost_answers_the_platform_reaches_the_desired_state() =>
        FindFailingSeed((d, e, r, n) => Reconcile.For(d, e, r, n), RefusalRules.Ours)
            .ShouldBeNull("the seed of a sequence that ends in a wrong state");

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_broken_table_is_detected_by_the_same_sequences(string mistake) =>
        FindFailingSeed(Broken[mistake], RefusalRules.Ours).ShouldNotBeNull($"the sequences do not detect that {mistake}");

    [Theory]
    [MemberData(nameof(WrongRefusals))]
    public void A_misread_refusal_is_detected_by_the_same_sequences(string mistake) =>
        FindFailingSeed((d, e, r, n) => Reconcile.For(d, e, r, n), Misread[mistake])
            .ShouldNotBeNull($"the sequences do not detect that {mistake}");

    private static int? FindFailingSeed(ReconcileTable table, RefusalRules refusals)
    {
        for (var seed = 0; seed < Sequences; seed++)
        {
            if (!EndsInDesiredState(table, refusals, seed))
            {
                return seed;
            }
        }

        return null;
    }

    private static bool EndsInDesiredState(ReconcileTable table, RefusalRules refusals, int seed)
    {
        var random = new Random(seed);
        var model = new SyncModel(table, refusals);
        var refuses = seed % 2 == 1;
        for (var steps = random.Next(1, 30); steps > 0; steps--)
        {
            Change(model, random);
            model.Run(() => (Fault)random.Next(refuses ? 5 : 4));
        }

        // One step without a fault settles everything, and after it nothing is left to send. What was refused by chance waits for a human.
        model.Run(() => Fault.None);
        if (refuses)
        {
            model.Resync();
            model.Run(() => Fault.None);
        }

        var settled = !model.Run(() => Fault.None) || model.WaitsForAChange;
        return settled && !model.RemovedUnintendedMember && model.Platform.Members.SetEquals(model.Expected);
    }

    private static void Change(SyncModel model, Random random)
    {
        switch (random.Next(6))
        {
            case 0 or 1:
                model.Desired = !model.Desired;
                break;
            case 2:
                model.Revision = random.Next(1, 12);
                break;
            case 3:
                model.Normalizer = (short)random.Next(1, 3);
                break;
            default:
                break;
        }
    }
}
