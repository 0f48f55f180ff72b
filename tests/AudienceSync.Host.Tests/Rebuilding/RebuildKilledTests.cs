using AudienceSync.Host.Projection.Rebuilding;
using AudienceSync.Host.Telemetry;
using AudienceSync.Host.Tests.Projecting;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Rebuilding;

/// <summary>Rebuilds that end too early, and rebuilds while everything else continues.</summary>
public sealed class RebuildKilledTests
{
    private static readonly TimeSpan?[] Windows = [null, TimeSpan.FromDays(7)];

    [Fact]
    public async Task A_rebuild_killed_at_any_step_completes_when_restarted_and_no_step_shows_a_partial_result()
    {
        await using var workspace = await TestWorkspace.CreateAsync(Windows);
        using var stage = new ProjectionStage(workspace);
        await using var rebuilds = new RebuildStage(workspace);
        var history = new RandomHistory(workspace, 41, customers: 100, eventsEach: 6);
        history.Make();
        await history.AppendAsync(0, 400);
        await stage.ProjectAsync();
        await history.AppendAsync(400, int.MaxValue);
        var (before, steps, killed) = (await workspace.AskAsync<long>("select count(*) from membership"), new List<string>(), 0);
        for (var at = 0; ; at++)
        {
            at.ShouldBeLessThan(100, "it never ends");
            var seen = 0;
            try
            {
                await rebuilds
                    .Rebuild(step: name =>
                    {
                        steps.Add(name);
                        if (seen++ == at % 9)
                        {
                            throw new InvalidOperationException("killed");
                        }
                    })
                    .RunAsync(null, default);
                break;
            }
            catch (InvalidOperationException)
            {
                killed++;
                var live = await workspace.AskAsync<long>("select count(*) from membership");
                (live == before || steps.Contains("swapped")).ShouldBeTrue($"after {steps[^1]}");
            }

            if (killed >= 12)
            {
                (await rebuilds.RunAsync()).Continued.ShouldBe(steps[^1] is "filled" or "followed" or "seized" or "caught up");
                break;
            }
        }

        killed.ShouldBeGreaterThanOrEqualTo(4, string.Join(' ', steps));
        await stage.ProjectAsync();
        await history.VerifyAsync(stage);
    }

    [Fact]
    public async Task Connections_that_break_at_random_times_leave_nothing_half_done()
    {
        const int seed = 42;
        await using var workspace = await TestWorkspace.CreateAsync(Windows);
        using var stage = new ProjectionStage(workspace);
        await using var rebuilds = new RebuildStage(workspace);
        var history = new RandomHistory(workspace, seed, customers: 150, eventsEach: 6);
        history.Make();
        await history.AppendAsync(0, int.MaxValue);
        var (random, interrupted) = (new Random(seed), 0);
        for (var n = 0; n < 20; n++)
        {
            using var stop = new CancellationTokenSource();
            var (left, breaks) = (random.Next(1, 9), random.Next(2) == 0);
            var run = rebuilds
                .Rebuild(step: _ =>
                {
                    if (--left != 0)
                    {
                        return;
                    }

                    if (breaks)
                    {
                        workspace.KillAsync().GetAwaiter().GetResult();
                    }
                    else
                    {
                        stop.Cancel();
                    }
                })
                .RunAsync(null, stop.Token);
            try
            {
                await run;
            }
            catch (Exception failure) when (failure is OperationCanceledException || OutageLog.IsStorage(failure))
            {
                interrupted++;
            }
        }

        interrupted.ShouldBeGreaterThan(5);

        // As after a process restart: some pooled connections were killed, and their first use would fail.
        workspace.Database.Hot.Clear();
        workspace.Database.Query.Clear();
        await using var again = new RebuildStage(workspace);
        await again.RunAsync();
        await stage.ProjectAsync();
        await history.VerifyAsync(stage);
        (await again.Generations.LastAsync(default)).ShouldNotBeNull().Phase.ShouldBe("live");
    }

    [Fact]
    public async Task During_repeated_swaps_readers_see_complete_sizes_and_ingest_and_projector_continue()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        using var stage = new ProjectionStage(workspace);
        await using var rebuilds = new RebuildStage(workspace);
        const int people = 600;
        await rebuilds.AppendAsync([
            .. Enumerable.Range(0, 200).Select(n => workspace.Webhooks.Add($"e{n}", TestWorkspace.Start, $"c{n}")),
        ]);
        await stage.ProjectAsync();
        using var stop = new CancellationTokenSource();
        var projector = stage.Run("host", pageEvents: 50, stop.Token);
        var sizes = new List<long>();
        var reader = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await using var command = workspace.Database.Query.CreateCommand("select count(*) from membership where state = 1");
                sizes.Add((long)(await command.ExecuteScalarAsync())!);
            }
        });
        var ingest = Task.Run(async () =>
        {
            foreach (var n in Enumerable.Range(200, people - 200).Chunk(20))
            {
                await rebuilds.AppendAsync([.. n.Select(one => workspace.Webhooks.Add($"e{one}", TestWorkspace.Start, $"c{one}"))]);
            }
        });

        var rebuilt = 0;
        var deadline = Deadline.In();
        while (!ingest.IsCompleted || rebuilt < 4)
        {
            deadline.Check(() => $"the end of the ingest ({ingest.Status}) and 4 rebuilds ({rebuilt})");
            await rebuilds.RunAsync();
            rebuilt++;
        }

        await ingest;
        await stage.ReachAsync(await stage.HeadAsync());
        await stop.CancelAsync();
        await Task.WhenAll(reader, projector);

        sizes.SequenceEqual(sizes.Order()).ShouldBeTrue("only adds were sent, so no size may be smaller than an earlier one");
        sizes[0].ShouldBeGreaterThanOrEqualTo(200);
        (await workspace.AskAsync<long>("select count(*) from membership where state = 1")).ShouldBe(people);
        (await workspace.RowsAsync("select changed_pos from membership group by 1 having count(*) > 1")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_rebuilds_of_one_workspace_do_not_run_concurrently()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await using var rebuilds = new RebuildStage(workspace);
        RebuildException? refused = null;

        await rebuilds
            .Rebuild(step: name =>
            {
                if (name == "made")
                {
                    refused = Should.Throw<RebuildException>(() => rebuilds.RunAsync().GetAwaiter().GetResult());
                }
            })
            .RunAsync(null, default);

        refused.ShouldNotBeNull().Code.ShouldBe("rebuild_running");
    }

    [Fact]
    public async Task A_rebuild_that_lost_its_lock_and_was_abandoned_by_another_does_not_continue()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await using var rebuilds = new RebuildStage(workspace);
        await rebuilds.AppendAsync(workspace.Webhooks.Add("e1", TestWorkspace.Start, "c1"));

        var run = rebuilds
            .Rebuild(step: name =>
            {
                if (name == "written")
                {
                    rebuilds.Generations.DropAsync(1, default).GetAwaiter().GetResult();
                }
            })
            .RunAsync(null, default);

        (await Should.ThrowAsync<RebuildException>(run)).Code.ShouldBe("rebuild_running");
        (await workspace.AskAsync<long>("select count(*) from membership")).ShouldBe(0, "no tables were swapped");
        (await rebuilds.RunAsync()).Rows.ShouldBe(1);
    }
}
