using AudienceSync.Domain.History;
using AudienceSync.Host.Projection;
using AudienceSync.Host.Projection.Rebuilding;
using AudienceSync.Host.Tests.History;

namespace AudienceSync.Host.Tests.Rebuilding;

/// <summary>What a rebuild does not recompute stays correct: the hourly counts, including those of versions that inherit.</summary>
public sealed class RebuildCountTests
{
    [Theory]
    [InlineData(81, 5_000)]
    [InlineData(82, 13)]
    public async Task Versions_that_inherit_are_rebuilt_row_by_row_and_counters_are_exact_afterwards(int seed, int pageEvents)
    {
        await using var stage = await StageAsync(seed, pageEvents);
        await using var rebuilds = new RebuildStage(stage.Workspace);
        var (rows, hours) = (await rebuilds.RowsAsync(), await HoursAsync(stage));

        var result = await rebuilds.RunAsync();

        result.Drift.Different.ShouldBe(0, $"seed {seed}: {result.Drift.ToJson()}");
        (await rebuilds.RowsAsync()).ShouldBe(rows, $"seed {seed}");
        (await HoursAsync(stage)).ShouldBe(hours, $"seed {seed}");
        rows.Count(row => row.StartsWith($"{stage.KeyOf(3).KeyId} ", StringComparison.Ordinal)).ShouldBeGreaterThan(40);
    }

    [Theory]
    [InlineData(83)]
    [InlineData(84)]
    public async Task Events_that_only_the_rebuild_has_read_are_included_in_the_hourly_counts(int seed)
    {
        await using var stage = await StageAsync(seed, 5_000);
        await using var rebuilds = new RebuildStage(stage.Workspace);
        await SendMoreAsync(stage, rebuilds, "before");
        await rebuilds
            .Rebuild(step: step =>
            {
                if (step == "filled")
                {
                    SendMoreAsync(stage, rebuilds, "meanwhile").GetAwaiter().GetResult();
                }
            })
            .RunAsync(null, default);
        await SendMoreAsync(stage, rebuilds, "after");
        await stage.ProjectAsync(5_000);

        for (var version = 1; version <= 3; version++)
        {
            var naive = await stage.NaiveOfAsync(version);
            foreach (var hour in await HoursOfAsync(stage, version))
            {
                hour.Size.ShouldBe(
                    naive.In(hour.Hour.AddHours(1).AddTicks(-10), AsOfMeaning.Known).Count,
                    $"seed {seed}, version {version}, {hour.Hour:O}"
                );
            }
        }
    }

    [Fact]
    public async Task Sizes_are_corrected_where_rows_were_wrong()
    {
        await using var stage = await StageAsync(85, 5_000);
        await using var rebuilds = new RebuildStage(stage.Workspace);
        await stage.Workspace.ExecuteAsync(
            "update key_hours set adds = adds + 7 where adds > 0; update key_hours set expiries = expiries + 3 "
                + "where expiries > 0; delete from membership where changed_pos % 5 = 0"
        );

        await rebuilds.RunAsync();

        var now = stage.Workspace.Clock.GetUtcNow();
        for (var version = 1; version <= 3; version++)
        {
            var naive = await stage.NaiveOfAsync(version);
            var hours = await HoursOfAsync(stage, version);
            foreach (var hour in hours.Where(hour => hour.Hour.AddHours(1) > now))
            {
                hour.Size.ShouldBe(
                    naive.In(hour.Hour.AddHours(1).AddTicks(-10), AsOfMeaning.Known).Count,
                    $"version {version}, {hour.Hour:O}"
                );
            }

            (version == 1 || hours.Any(hour => hour.Hour > now && hour.Expiries > 0)).ShouldBeTrue("windows that have not ended yet");
        }
    }

    [Fact]
    public async Task A_version_that_inherits_and_is_published_meanwhile_restarts_the_rebuild_and_makes_an_undo_impossible()
    {
        await using var stage = await StageAsync(87, 5_000);
        await using var rebuilds = new RebuildStage(stage.Workspace);
        var outdated = await Should.ThrowAsync<RebuildException>(() =>
            rebuilds
                .Rebuild(step: step =>
                {
                    if (step == "filled")
                    {
                        stage.PublishSuccessorAsync(4, TimeSpan.FromHours(9)).GetAwaiter().GetResult();
                    }
                })
                .RunAsync(null, default)
        );
        outdated.Code.ShouldBe("rebuild_outdated");

        await stage.ProjectAsync(5_000);
        var rows = await rebuilds.RowsAsync();
        var result = await rebuilds.RunAsync();
        (result.Continued, result.Drift.Different).ShouldBe((false, 0L));
        (await rebuilds.RowsAsync()).ShouldBe(rows);
        rows.Count(row => row.StartsWith($"{stage.KeyOf(4).KeyId} ", StringComparison.Ordinal)).ShouldBeGreaterThan(40);

        await stage.PublishSuccessorAsync(5, TimeSpan.FromHours(9));
        (await Should.ThrowAsync<RebuildException>(() => rebuilds.Rebuild().UndoAsync(default))).Code.ShouldBe("nothing_to_undo");
    }

    private static Task<PastStage> StageAsync(int seed, int pageEvents) =>
        PastStage.CreateAsync(
            seed,
            stories: 60,
            batches: 45,
            TimeSpan.FromMinutes(200),
            TimeSpan.FromMinutes(3),
            pageEvents,
            successors: 2,
            projectsMeanwhile: seed % 2 == 0
        );

    private static async Task SendMoreAsync(PastStage stage, RebuildStage rebuilds, string when)
    {
        var webhooks = stage.Workspace.Webhooks;
        stage.Workspace.Clock.Advance(TimeSpan.FromMinutes(20));
        var at = stage.Workspace.Clock.GetUtcNow().AddMinutes(-1);
        await rebuilds.AppendAsync([
            .. Enumerable
                .Range(0, 30)
                .Select(n =>
                    n % 3 == 0
                        ? webhooks.Remove($"{when} {n}", at, $"c{n}-0")
                        : webhooks.Add($"{when} {n}", at, $"c{n}-{n % 2}", n % 5 == 0 ? $"e{n}-1" : null)
                ),
        ]);
    }

    private static async Task<List<string>> HoursAsync(PastStage stage)
    {
        var hours = new List<string>();
        for (var version = 1; version <= 3; version++)
        {
            hours.AddRange((await HoursOfAsync(stage, version)).Select(hour => $"{version} {hour}"));
        }

        return hours;
    }

    private static async Task<IReadOnlyList<KeyHour>> HoursOfAsync(PastStage stage, int version) =>
        await new HourStore(stage.Workspace.Database).ReadAsync(
            stage.KeyOf(version).KeyId,
            DateTimeOffset.MinValue.AddYears(1),
            DateTimeOffset.MaxValue.AddYears(-1),
            default
        );
}
