using AudienceSync.Domain.Audiences;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Tests.Rebuilding;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Projecting;

/// <summary>Late events are counted with the cursor: each once, only between the switches, however often the projector is killed.</summary>
public sealed class LateCountTests
{
    private const int Seed = 71;

    private static readonly RemoteAudience Remote = new("main", "1");

    private readonly Random _random = new(Seed);
    private int _sent;

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Each_late_event_counts_once_whenever_the_projector_is_killed_and_a_rebuild_reads_ahead_of_it(int rebuiltAfterStops)
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        using var stage = new ProjectionStage(workspace);
        await new BindingStore(workspace.Database).DeclareAccountAsync("main", "meta", consentRequired: false, default);
        var registry = new AudienceRegistry(new RegistryStore(workspace.Database, workspace.Clock), workspace.Keys);
        AudienceCommand[] steps =
        [
            new BindAudience(Remote, 1, "ann", null),
            new PublishKey(2, new KeyTerms(null), "ann", null),
            new PromoteKey(2, null, "ann", null),
            new RollBackKey(null, "ann", null),
            new PromoteKey(2, null, "ann", null),
            new PublishKey(3, new KeyTerms(null), "ann", null),
            new PromoteKey(3, null, "ann", null),
            new RetireKey(1, "ann", null),
            new RollBackKey(null, "ann", null),
        ];
        foreach (var step in steps)
        {
            await SendEventAsync(workspace, _random.Next(30, 80));
            workspace.Clock.Advance(TimeSpan.FromMinutes(1));
            (await registry.ExecuteAsync("k0", step, default)).Changes.ShouldNotBeEmpty();
        }

        await SendEventAsync(workspace, 50);
        var (head, stops) = (await stage.HeadAsync(), 0);
        for (; stops < 40 && (await stage.PositionAsync()).Value < head; stops++)
        {
            if (stops == rebuiltAfterStops)
            {
                await using var rebuilds = new RebuildStage(workspace);
                await rebuilds.RunAsync();
                continue;
            }

            using var stop = new CancellationTokenSource();
            var running = stage.Run("host", pageEvents: 17, stop.Token);
            await stage.ReachAsync(Math.Min(head, (await stage.PositionAsync()).Value + _random.Next(90)));
            if (_random.Next(2) == 0)
            {
                await workspace.KillAsync();
            }

            await stop.CancelAsync();
            await running;
        }

        await stage.ProjectAsync(pageEvents: 17);
        stops.ShouldBeGreaterThan(Math.Min(3, rebuiltAfterStops));
        (
            await workspace.RowsAsync(
                "select k.version, d.since_pos, d.until_pos, d.late_events from drains d join audience_keys "
                    + "k using (key_id) order by d.since_pos"
            )
        ).ShouldBe(await NaiveAsync(workspace), $"seed {Seed}");
    }

    // From the log alone: an event of a version is late from the switch that takes that version from the only remote audience.
    private static async Task<List<string>> NaiveAsync(TestWorkspace workspace)
    {
        var drains = new List<(string Key, long Since, long? Until, int Late)>();
        foreach (
            var row in await workspace.RowsAsync(
                "select seq_id, type, coalesce(data ->> 'audienceKey', '-'), coalesce(data ->> 'from', '-') from mt_events order by seq_id"
            )
        )
        {
            var (position, type, key, from) = row.Split(' ') is [var a, var b, var c, var d]
                ? (long.Parse(a), b, c, d)
                : throw new FormatException(row);
            for (var n = 0; n < drains.Count; n++)
            {
                var drain = drains[n];
                var ends =
                    type is "audience_key_promoted" or "audience_key_rolled_back" or "audience_key_retired"
                    && drain.Until is null
                    && drain.Key == key;
                drains[n] =
                    ends ? drain with { Until = position }
                    : type.StartsWith("audience_member", StringComparison.Ordinal) && drain.Until is null && drain.Key == key
                        ? drain with
                        {
                            Late = drain.Late + 1,
                        }
                    : drain;
            }

            if (from != "-")
            {
                drains.Add((from, position, null, 0));
            }
        }

        drains.Sum(drain => drain.Late).ShouldBeGreaterThan(100);
        return [.. drains.Select(drain => $"{drain.Key["k0_v".Length..]} {drain.Since} {drain.Until} {drain.Late}")];
    }

    private async Task SendEventAsync(TestWorkspace workspace, int events)
    {
        var live = workspace.Keys.All.Where(key => !key.Retired).ToList();
        var sent = Enumerable
            .Range(0, events)
            .Select(_ =>
            {
                var (key, at) = (live[_random.Next(live.Count)].Key, TestWorkspace.Start.AddMinutes(-_random.Next(500)));
                Domain.Events.IStoredEvent stored =
                    _random.Next(3) == 0
                        ? new Domain.Events.AudienceMemberRemoved(key, at, "test", default, null)
                        : new Domain.Events.AudienceMemberAdded(key, at, "test", default, null);
                return workspace.Webhooks.Event($"{_sent++}", stored, at, $"customer {_random.Next(40)}");
            });
        var log = workspace.OpenLog();
        await log.AppendAsync([TestWebhooks.Request([.. sent])], default);
    }
}
