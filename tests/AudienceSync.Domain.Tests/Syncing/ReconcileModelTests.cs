using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Tests.Syncing;

/// <summary>
/// Why the ledger writes its intents: after any story of changes, crashes and lost answers, fault-free steps make the platform equal to what is
/// desired. The canaries break one cell of the table each, and the same stories must find them.
/// </summary>
public sealed class ReconcileModelTests
{
    private const int Stories = 20_000;

    public static TheoryData<string> Mistakes => [.. Broken.Keys];

    public static TheoryData<string> WrongRefusals => [.. Misread.Keys];

    private static readonly Dictionary<string, RefusalRules> Misread = new(StringComparer.Ordinal)
    {
        ["a refused add is rejected, whatever was in doubt"] = RefusalRules.Ours with { OfAdd = (_, sent) => sent with { Status = LedgerStatus.Rejected } },
        ["a refused removal has removed"] = RefusalRules.Ours with { OfRemoval = sent => sent with { Status = LedgerStatus.Absent } },
        ["a replaced saying that refuses to go is forgotten"] =
            RefusalRules.Ours with { OfReplacement = former => (former with { Status = LedgerStatus.Absent }, null) },
    };

    private static readonly Dictionary<string, ReconcileTable> Broken = new(StringComparer.Ordinal)
    {
        ["adding is nobody there when he is to be removed"] = (d, e, r, n) =>
            !d && e.Status == LedgerStatus.Adding ? Step.Nothing : Reconcile.For(d, e, r, n),
        ["removing is already removed"] = (d, e, r, n) => !d && e.Status == LedgerStatus.Removing ? Step.Nothing : Reconcile.For(d, e, r, n),
        ["removing is still there when he is wanted again"] = (d, e, r, n) =>
            d && e.Status == LedgerStatus.Removing ? Step.Nothing : Reconcile.For(d, e, r, n),
        ["adding is delivered"] = (d, e, r, n) => d && e.Status == LedgerStatus.Adding ? Step.Nothing : Reconcile.For(d, e, r, n),
        ["adding under an old revision needs no removal"] = (d, e, r, n) =>
            d && e.Status == LedgerStatus.Adding ? Step.Add : Reconcile.For(d, e, r, n),
        ["a new normalizer changes nothing"] = (d, e, r, _) => Reconcile.For(d, e, r, e.Normalizer),
        ["a new revision changes nothing"] = (d, e, _, n) => Reconcile.For(d, e, e.Revision, n),
        ["rejected is rejected for ever"] = (d, e, r, n) => e.Status == LedgerStatus.Rejected ? Step.Nothing : Reconcile.For(d, e, r, n),
        ["invalid is invalid for ever"] = (d, e, r, n) => e.Status == LedgerStatus.Invalid ? Step.Nothing : Reconcile.For(d, e, r, n),
    };

    [Fact]
    public void After_any_story_of_crashes_and_lost_answers_the_platform_becomes_what_is_desired() =>
        FindFailingSeed(Reconcile.For, RefusalRules.Ours).ShouldBeNull("the seed of a story that ends wrong");

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_broken_table_is_found_by_the_same_stories(string mistake) =>
        FindFailingSeed(Broken[mistake], RefusalRules.Ours).ShouldNotBeNull($"the stories do not notice that {mistake}");

    [Theory]
    [MemberData(nameof(WrongRefusals))]
    public void A_refusal_misread_is_found_by_the_same_stories(string mistake) =>
        FindFailingSeed(Reconcile.For, Misread[mistake]).ShouldNotBeNull($"the stories do not notice that {mistake}");

    private static int? FindFailingSeed(ReconcileTable table, RefusalRules refusals)
    {
        for (var seed = 0; seed < Stories; seed++)
        {
            if (!EndsWell(table, refusals, seed))
            {
                return seed;
            }
        }

        return null;
    }

    private static bool EndsWell(ReconcileTable table, RefusalRules refusals, int seed)
    {
        var random = new Random(seed);
        var model = new SyncModel(table, refusals);
        var refuses = seed % 2 == 1;
        for (var steps = random.Next(1, 30); steps > 0; steps--)
        {
            Change(model, random);
            model.Run(() => (Fault)random.Next(refuses ? 5 : 4));
        }

        // One step without a fault settles everything, and after it nothing is left to say. What was refused by chance waits for a human.
        model.Run(() => Fault.None);
        if (refuses)
        {
            model.Ask();
            model.Run(() => Fault.None);
        }

        var rests = !model.Run(() => Fault.None) || model.WaitsForAChange;
        return rests && !model.RemovedAStranger && model.Platform.Members.SetEquals(model.Wanted);
    }

    private static void Change(SyncModel model, Random random)
    {
        switch (random.Next(6))
        {
            case 0 or 1: model.Desired = !model.Desired; break;
            case 2: model.Revision = random.Next(1, 12); break;
            case 3: model.Normalizer = (short)random.Next(1, 3); break;
            default: break;
        }
    }
}
