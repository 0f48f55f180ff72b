using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Experiments;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;
using AudienceSync.Domain.Tests.Membership;
using AudienceSync.Host.Projection;
using AudienceSync.Host.Projection.Rebuilding;

namespace AudienceSync.Host.Tests.Rebuilding;

/// <summary>
/// The fold of pages and the fold of a rebuild give the same rows and permissions for random histories with links that move, refusals,
/// experiments and a version that inherits. Without a database: the log is a COPY in memory.
/// </summary>
public sealed class FoldEqualityTests
{
    private const int Worlds = 200;

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, null)]
    [InlineData(3, 3)]
    [InlineData(4, 2)]
    public void A_rebuild_folds_to_the_rows_that_pages_fold_to(int seed, int? onlyKeyId)
    {
        var seen = new HashSet<MembershipStatus>();
        for (var world = 0; world < Worlds; world++)
        {
            var random = new Random((seed * 1_000) + world);
            var mode = new RebuildMode(Keys(world), KeyScope.Of(onlyKeyId));
            var log = PageHistory.Log(PageHistory.Make(random, linksMove: true));
            var paged = new PageWorld();
            foreach (var page in log.Chunk(random.Next(1, 20)))
            {
                paged.Fold(page, mode);
            }

            var rebuilt = new Rebuilt(log, mode, splitAt: random.Next(3) == 0 ? log.Count / 2 : null);

            var because = $"seed {seed}, world {world}";
            Describe(rebuilt.Rows).ShouldBe(Describe(paged.Rows.Values), because);
            Describe(rebuilt.Permissions).ShouldBe(Describe(paged.Permissions), because);
            (rebuilt.Applied, rebuilt.Superseded).ShouldBe((paged.Applied, paged.Superseded), because);
            seen.UnionWith(paged.Rows.Values.Select(row => row.Status));
        }

        seen.Count.ShouldBeGreaterThanOrEqualTo(onlyKeyId == 2 ? 6 : 7, "the generator must reach every status");
    }

    // In every other world an experiment runs on each audience.
    private static AudienceKeySet Keys(int world) =>
        new([
            .. PageHistory.Keys().All.Select(key => world % 2 == 0 ? key : key with { Holdout = new Holdout("x", $"salt {world}", 4_000) }),
        ]);

    // What the comparison of a rebuild with the live rows counts as a difference.
    private static List<string> Describe(IEnumerable<MembershipRow> rows) =>
        [
            .. rows.Where(row =>
                    row.State != MembershipState.Nothing || row.Status is not (MembershipStatus.Linked or MembershipStatus.Removed)
                )
                .Select(row =>
                    $"{row.KeyId} {row.Person} {row.State} {row.Status} {row.Until} {row.Restrictions} {row.EventPos} "
                    + $"{string.Join(',', row.RestrictedAt ?? [])} {(row.Status == MembershipStatus.Linked ? null : row.Since)}"
                )
                .Order(StringComparer.Ordinal),
        ];

    // Without a no the time of a yes does not matter, and a repeated one is not stored.
    private static List<string> Describe(Dictionary<PersonId, Permissions> permissions) =>
        [
            .. permissions
                .Select(one =>
                    one.Value.Exact
                        ? $"{one.Key} {one.Value.UserData} {one.Value.Personalization} {one.Value.Targeting} "
                            + $"{PermissionStore.Json(one.Value)}"
                        : $"{one.Key} {one.Value.Restrictions}"
                )
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>A rebuild of a log, without tables.</summary>
    private sealed class Rebuilt
    {
        public Rebuilt(List<LogEvent> log, RebuildMode mode, int? splitAt)
        {
            var links = log.Where(logged => logged.Type == EventTypes.Linked)
                .GroupBy(logged => logged.Person, logged => ((PersonLinked)EventJson.Read(logged.Type, logged.Data)).Owner)
                .ToDictionary(owners => owners.Key, owners => owners.Last());
            var fold = new FullLogFold(mode, links);
            do
            {
                Read(fold, log, splitAt);
                fold.Settle();
                Rows.AddRange(fold.Rest(PageWorld.Now));
                foreach (var (anchor, permissions) in fold.Permissions())
                {
                    Permissions[anchor] = permissions;
                }
            } while (fold.NextPass());

            (Applied, Superseded) = ((int)fold.Applied, (int)fold.Superseded);
        }

        public List<MembershipRow> Rows { get; } = [];

        public Dictionary<PersonId, Permissions> Permissions { get; } = [];

        public int Applied { get; }

        public int Superseded { get; }

        private static void Read(FullLogFold fold, List<LogEvent> log, int? splitAt)
        {
            using var stream = LogCopy.Of(log);
            var tuples = new CopyTuples(stream);
            while (tuples.Next())
            {
                var scanned = new ScannedEvent(tuples);
                fold.Read(scanned);
                if (fold.Passes.Current == 0 && scanned.Position == splitAt)
                {
                    fold.Split(scanned.Position);
                }
            }
        }
    }
}
