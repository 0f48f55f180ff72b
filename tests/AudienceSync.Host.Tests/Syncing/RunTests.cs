using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Runs;
using AudienceSync.Host.Tests.Workspaces;
using AudienceSync.Host.Workspaces.Status;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>Runs and deliveries: written with the outcome of each call, or not at all.</summary>
public sealed class RunTests : IAsyncLifetime
{
    private readonly ScriptedPlatform _platform = new(membersPerCall: 10);
    private TestWorkspace _workspace = null!;
    private MemberSetup _setup = null!;
    private SyncStage _stage = null!;

    public async Task InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync([null]);
        _setup = new MemberSetup(_workspace);
        _stage = await SyncStage.CreateAsync(_workspace, _setup, _platform);
    }

    public async Task DisposeAsync() => await _workspace.DisposeAsync();

    [Fact]
    public async Task A_lanes_work_is_one_run_and_each_of_its_calls_one_row_with_its_people()
    {
        var people = await _setup.AddPersonAsync(25);
        await _setup.SetAsync(_stage.KeyId, true, [.. people]);
        await _stage.RoundAsync();

        (await RunsAsync()).ShouldBe(["1 1 2 3 {25,0,0} {25,0,0} {25,0,0} {0,0,0} "]);
        (await DeliveriesAsync()).ShouldBe([
            "1 1 1 1 done 10 {acknowledged} ",
            "1 2 1 1 done 10 {acknowledged} ",
            "1 3 1 1 done 5 {acknowledged} ",
        ]);
        (await _workspace.AskAsync<long>("select count(distinct p) from deliveries d cross join lateral unnest(d.people) p")).ShouldBe(25);
        (await _workspace.AskAsync<long>("select count(*) from calls where run_id = 1 and kind = 1")).ShouldBe(3);

        await _setup.SetAsync(_stage.KeyId, false, [.. people.Take(3)]);
        await _stage.RoundAsync();
        (await RunsAsync())[1].ShouldBe("2 1 2 1 {0,3,0} {0,3,0} {0,3,0} {0,0,0} ");
        (
            await _workspace.RowsAsync(
                "select kind, cardinality(people), (people <@ array(select person from ledger where "
                    + "status = 0)) from deliveries where run_id = 2"
            )
        ).ShouldBe(["2 3 True"]);
    }

    [Fact]
    public async Task A_run_whose_last_page_was_full_ends_when_the_lane_is_found_empty()
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(10)]);
        using var wake = new Wake(_workspace.Clock);
        await _stage.LoopRoundAsync(wake);
        (await _workspace.AskAsync<long>("select count(*) from runs where ended_at is null")).ShouldBe(1);
        _workspace.Clock.Advance(TimeSpan.FromSeconds(5));
        await _stage.LoopRoundAsync(wake);

        (await RunsAsync()).ShouldBe(["1 1 2 1 {10,0,0} {10,0,0} {10,0,0} {0,0,0} "]);
        (
            await _workspace.AskAsync<bool>("select ended_at = last_at and last_at < started_at + interval '5 seconds' from runs")
        ).ShouldBeTrue("it ended with its last outcome");
        await _stage.LoopRoundAsync(wake);
        (await RunsAsync()).Count.ShouldBe(1, "without an intent no run begins");
    }

    [Fact]
    public async Task Members_with_different_results_have_their_codes()
    {
        var ann = await _setup.AddPersonAsync("ann@shop.example");
        var bad = await _setup.AddPersonAsync("refused@shop.example");
        await _setup.SetAsync(_stage.KeyId, true, ann, bad);
        await _stage.RoundAsync();

        (await RunsAsync()).ShouldBe(["1 1 3 1 {2,0,0} {2,0,0} {1,0,0} {1,0,0} "]);
        (
            await _workspace.RowsAsync(
                """
                select p.person, d.results[d.codes[p.place]] from deliveries d
                  cross join lateral unnest(d.people) with ordinality as p(person, place) order by p.person
                """
            )
        ).ShouldBe([$"{ann.Value} acknowledged", $"{bad.Value} rejected:refused_by_name"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_member_of_repeated_calls_is_planned_once_and_attempted_each_time()
    {
        _platform.Fault = _ => _platform.Calls.Count == 1 ? PlatformFault.LostUnapplied : PlatformFault.None;
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(3)]);
        await _stage.RoundAsync();
        (await RunsAsync()).ShouldBe(["1 1 1 1 {3,0,0} {3,0,0} {0,0,0} {0,0,0} "]);
        _workspace.Clock.Advance(TimeSpan.FromHours(1));
        await _stage.RoundAsync();

        (await RunsAsync()).ShouldBe(["1 1 2 2 {3,0,0} {6,0,0} {3,0,0} {0,0,0} "]);
        (await DeliveriesAsync()).ShouldBe(["1 1 1 3 timeout 3 {in_doubt:timeout} ", "1 2 1 1 done 3 {acknowledged} "]);
    }

    [Fact]
    public async Task A_lane_that_an_operator_must_resume_stops_its_run_with_the_reason()
    {
        _platform.Fault = _ => PlatformFault.AccountStopped;
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(2)]);
        await _stage.RoundAsync();
        (await RunsAsync()).ShouldBe(["1 1 4 1 {2,0,0} {2,0,0} {0,0,0} {0,0,0} token_expired"]);

        _platform.Fault = _ => PlatformFault.None;
        await _stage.ResumeAsync();
        await _stage.RoundAsync();
        (await RunsAsync())[1]
            .ShouldBe("2 1 2 1 {2,0,0} {2,0,0} {2,0,0} {0,0,0} ", "the next run has the members that the first one did not reach");
    }

    [Fact]
    public async Task After_a_crash_the_next_host_continues_the_run_and_the_lost_call_has_no_row()
    {
        _platform.Fault = _ => _platform.Calls.Count == 1 ? PlatformFault.CanceledApplied : PlatformFault.None;
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(2)]);
        await Should.ThrowAsync<OperationCanceledException>(() => _stage.RoundAsync());
        (await DeliveriesAsync()).ShouldBeEmpty();
        (await RunsAsync()).ShouldBe(["1 1 1 0 {2,0,0} {0,0,0} {0,0,0} {0,0,0} "]);

        await _stage.DieAsync();
        await _stage.RoundAsync();
        (await RunsAsync()).ShouldBe(["1 1 2 1 {2,0,0} {2,0,0} {2,0,0} {0,0,0} "]);
        (await DeliveriesAsync()).ShouldBe(["1 1 1 1 done 2 {acknowledged} "]);
    }

    [Fact]
    public async Task A_host_that_lost_the_account_writes_no_deliveries()
    {
        _platform.During = async _ =>
        {
            _platform.During = _ => Task.CompletedTask;
            await _workspace.ExecuteAsync("update leases set until = clock_timestamp() - interval '1 second'");
            (await new LeaseStore(_workspace.Database, "another").TryClaimAsync("account:main", default)).ShouldNotBeNull();
        };
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(2)]);
        await Should.ThrowAsync<LeaseLostException>(() => _stage.RoundAsync());

        (await _workspace.AskAsync<long>("select count(*) from deliveries")).ShouldBe(0);
        (await _workspace.AskAsync<long>("select count(*) from calls")).ShouldBe(0);
        (await RunsAsync()).ShouldBe(["1 1 1 0 {2,0,0} {0,0,0} {0,0,0} {0,0,0} "]);
    }

    [Fact]
    public async Task Members_that_are_sent_again_are_counted_as_refreshed()
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(4)]);
        await _stage.RoundAsync();
        await _workspace.ExecuteAsync("update ledger set status = 1, redeliver = true");
        await _stage.RoundAsync();

        (await _workspace.RowsAsync("select cause, planned::text, accepted::text from runs where run_id = 2")).ShouldBe([
            "2 {0,0,4} {0,0,4}",
        ]);
        (await DeliveriesAsync())[1].ShouldBe("2 2 3 1 done 4 {acknowledged} ");
    }

    [Fact]
    public async Task Minutes_since_a_removal_count_for_members_that_the_platform_still_has()
    {
        var people = await _setup.AddPersonAsync(5);
        await _setup.SetAsync(_stage.KeyId, true, [.. people]);
        await _stage.SettleAsync();
        await _workspace.ExecuteAsync("update bindings set bound = true");
        (await GaugeAsync()).ShouldBe((5, 5, 0, 0));

        await _setup.SetAsync(_stage.KeyId, false, people[0], people[1]);
        _workspace.Clock.Advance(TimeSpan.FromMinutes(10));
        (await GaugeAsync()).ShouldBe((3, 5, -2, 20), "removed at the start, and not yet at the platform");

        _platform.Fault = _ => PlatformFault.LostUnapplied;
        await _stage.RoundAsync();
        (await GaugeAsync()).ShouldBe((3, 3, 0, 20), "in doubt, and possibly still there");

        _platform.Fault = _ => PlatformFault.None;
        _workspace.Clock.Advance(TimeSpan.FromHours(1));
        await _stage.SettleAsync();
        (await GaugeAsync()).ShouldBe((3, 3, 0, 0));
    }

    [Fact]
    public async Task Partitions_past_their_retention_are_dropped_and_runs_forgotten()
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(1)]);
        await _stage.RoundAsync();
        var today = await _workspace.AskAsync<DateTime>("select (now() at time zone 'UTC')::date::timestamp");
        foreach (var (table, days) in new[] { ("deliveries", 399), ("deliveries", 402), ("call_exchanges", 13), ("call_exchanges", 16) })
        {
            var (day, next) = (today.AddDays(-days), today.AddDays(1 - days));
            await _workspace.ExecuteAsync(
                $"create table {table}_{day:yyyyMMdd} partition of {table} for values from ('{day:yyyy-MM-dd} "
                    + $"00:00Z') to ('{next:yyyy-MM-dd} 00:00Z')"
            );
        }

        var before = await PartitionsAsync();
        var partitions = new DeliveryPartitionStore(
            _workspace.Database,
            _workspace.Clock,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<DeliveryPartitionStore>.Instance
        );
        await partitions.EnsureAsync(default);
        // What was dropped, not what is there: a midnight in between adds the partition of another day.
        before.Except(await PartitionsAsync()).ShouldBe(before.Where(name => name.EndsWith(Day(402)) || name.EndsWith(Day(16))));
        before.Count(name => name.EndsWith(Day(402)) || name.EndsWith(Day(16))).ShouldBe(2);
        (await RunsAsync()).Count.ShouldBe(1);

        _workspace.Clock.Advance(TimeSpan.FromDays(401));
        await partitions.EnsureAsync(default);
        (await RunsAsync()).ShouldBeEmpty();

        string Day(int ago) => today.AddDays(-ago).ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
    }

    private Task<List<string>> PartitionsAsync() =>
        _workspace.RowsAsync(
            "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent in "
                + "('deliveries'::regclass, 'call_exchanges'::regclass) order by 1"
        );

    private async Task<(long Desired, long Delivered, long Drift, double Minutes)> GaugeAsync()
    {
        var gauge = (
            await new MetricQueries(_workspace.Database).BindingsAsync(["main"], _workspace.Clock.GetUtcNow(), default)
        ).ShouldHaveSingleItem();
        return (gauge.Desired, gauge.Delivered, gauge.Drift, gauge.StaleMinutes);
    }

    private Task<List<string>> RunsAsync() =>
        _workspace.RowsAsync(
            "select run_id, cause, state, calls, planned::text, attempted::text, accepted::text, "
                + "rejected::text, code from runs order by run_id"
        );

    private Task<List<string>> DeliveriesAsync() =>
        _workspace.RowsAsync(
            "select run_id, call_id, kind, outcome, code, cardinality(people), results::text, "
                + "codes::text from deliveries order by delivery_id"
        );
}
