using AudienceSync.Domain.Events;
using AudienceSync.Domain.Membership;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace AudienceSync.Domain.Tests.Membership;

/// <summary>Laws of the fold of pages over random histories with links, permissions and a version that inherits.</summary>
public sealed class PageFoldPropertyTests(ITestOutputHelper output)
{
    private const int Cases = 300;

    [Fact]
    public void Any_permutation_duplication_and_cutting_into_pages_gives_the_same_rows_as_one_page() =>
        Verify(
            (seed, random) =>
            {
                var history = PageHistory.Make(random, linksMove: false);
                var mode = new RebuildMode(PageHistory.Keys(), KeyScope.AllKeys);
                var expected = Describe(Fold(PageHistory.Log(history), mode, pageEvents: int.MaxValue).Rows.Values);

                var shuffled = PageHistory.Log(Shuffle.WithRepeats(history, random));
                Describe(Fold(shuffled, mode, random.Next(1, 12)).Rows.Values).ShouldBe(expected, $"seed {seed}");
            }
        );

    [Fact]
    public void Page_boundaries_change_neither_rows_nor_hours_nor_counts() => Verify(PageBoundariesChangeNothing);

    // An anchor with an owner that it has only between two events of one page.
    [Fact]
    public void An_owner_for_the_time_of_two_events_counts() => PageBoundariesChangeNothing(968754722, new Random(968754722));

    private static void PageBoundariesChangeNothing(int seed, Random random)
    {
        var log = PageHistory.Log(PageHistory.Make(random, linksMove: true));
        var mode = new LiveMode(PageHistory.Keys(), [], []);
        var (whole, cut) = (Fold(log, mode, int.MaxValue), Fold(log, mode, random.Next(1, 12)));

        Describe(cut.Rows.Values).ShouldBe(Describe(whole.Rows.Values), $"seed {seed}");
        Nonzero(cut).ShouldBe(Nonzero(whole), $"seed {seed}");
        (cut.Applied, cut.Superseded).ShouldBe((whole.Applied, whole.Superseded), $"seed {seed}");
        (whole.Applied + whole.Superseded).ShouldBe(log.Count, $"seed {seed}");
    }

    [Fact]
    public void A_version_that_takes_over_rows_ends_like_one_that_folds_the_whole_log() =>
        Verify(
            (seed, random) =>
            {
                var log = PageHistory.Log(PageHistory.Make(random, linksMove: true));
                var published = random.Next(log.Count);
                var expected = Fold(log, new RebuildMode(PageHistory.Keys(), KeyScope.AllKeys), int.MaxValue);

                var keys = PageHistory.Keys(published);
                var (world, open) = (new PageWorld(), keys.All.Where(key => key.InheritsFrom is not null).ToList());
                Fold(world, [.. log.Take(published)], new LiveMode(keys, [], []), random.Next(1, 12));
                var mode = new LiveMode(keys, open, []);
                Fold(world, [.. log.Skip(published)], mode, random.Next(1, 12));
                world.TakeOver(keyId: 1, mode);

                Describe(world.Rows.Values).ShouldBe(Describe(expected.Rows.Values), $"seed {seed}");
                world.TakeOver(keyId: 1, mode).Hours.ShouldBeEmpty($"seed {seed}");
            }
        );

    [Fact]
    public void The_rows_of_one_key_are_those_of_all_keys() =>
        Verify(
            (seed, random) =>
            {
                var log = PageHistory.Log(PageHistory.Make(random, linksMove: true));
                var whole = Fold(log, new RebuildMode(PageHistory.Keys(), KeyScope.AllKeys), int.MaxValue);
                var one = Fold(log, new RebuildMode(PageHistory.Keys(), KeyScope.OnlyKey(3)), random.Next(1, 12));

                Describe(one.Rows.Values).ShouldBe(Describe(whole.Rows.Values.Where(row => row.KeyId == 3)), $"seed {seed}");
            }
        );

    private static PageWorld Fold(List<LogEvent> log, FoldMode mode, int pageEvents)
    {
        var world = new PageWorld();
        Fold(world, log, mode, pageEvents);
        return world;
    }

    private static void Fold(PageWorld world, List<LogEvent> log, FoldMode mode, int pageEvents)
    {
        foreach (var page in log.Chunk(pageEvents))
        {
            world.Fold(page, mode);
        }
    }

    // The position of the last event depends on the order, and so do the time of a linked row, which nothing reads, and whether there is a
    // row without facts.
    private static List<string> Describe(IEnumerable<MembershipRow> rows) =>
        [
            .. rows.Where(row =>
                    row.State != MembershipState.Nothing || row.Status is not (MembershipStatus.Linked or MembershipStatus.Removed)
                )
                .Select(row =>
                    $"{row.KeyId} {row.Person} {row.State} {row.Status} {row.Until} {row.Restrictions} "
                    + $"{string.Join(',', row.RestrictedAt ?? [])} {(row.Status == MembershipStatus.Linked ? null : row.Since)}"
                )
                .Order(StringComparer.Ordinal),
        ];

    private static List<string> Nonzero(PageWorld world) =>
        [.. world.Hours.Where(one => !one.Value.IsNothing).Select(one => $"{one.Key} {one.Value}").Order(StringComparer.Ordinal)];

    // AUDIENCESYNC_SEED repeats one case; a failure names it, and FsCheck shows its own.
    private void Verify(Action<int, Random> holds)
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("AUDIENCESYNC_SEED"), out var given))
        {
            holds(given, new Random(given));
            return;
        }

        Prop.ForAll(
                ArbMap.Default.ArbFor<int>(),
                seed =>
                {
                    output.WriteLine($"seed {seed}");
                    holds(seed, new Random(seed));
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithEndSize(int.MaxValue));
    }
}
