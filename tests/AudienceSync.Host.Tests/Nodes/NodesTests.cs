using System.Diagnostics;
using System.Globalization;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Tests.Simulation;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Nodes;

/// <summary>Hosts as processes that share the work of one database by Wolverine's agents, guarded by leases.</summary>
[Collection(AloneCollection.Name)]
public sealed class NodesTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    private NodesStage _stage = null!;

    public async Task InitializeAsync() => _stage = await NodesStage.StartAsync();

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Fact]
    public async Task A_lone_host_has_all_work_at_once()
    {
        var host = await _stage.StartHostAsync();
        var since = Stopwatch.GetTimestamp();

        await _stage.SharedAsync([host]);

        Report("all work at a lone Host", since).ShouldBeLessThan(TimeSpan.FromSeconds(4));
        await _stage.ChangeAsync(host);
        await _stage.NoDriftAsync(host);
    }

    [Fact]
    public async Task A_host_that_was_killed_and_starts_again_has_its_work_when_the_leases_have_expired()
    {
        var killed = await _stage.StartHostAsync();
        await _stage.SharedAsync([killed]);
        await _stage.ChangeAsync(killed);
        await _stage.NoDriftAsync(killed);
        await _stage.ChangeAsync(killed);

        await killed.KillAsync();
        var again = await _stage.StartHostAsync();
        var since = Stopwatch.GetTimestamp();
        await _stage.SharedAsync([again]);

        Report("work of a killed Host at its successor", since)
            .ShouldBeLessThan(LeaseStore.Time + TimeSpan.FromSeconds(4), await _stage.HistoryAsync());
        await _stage.NoDriftAsync(again);
    }

    [Fact]
    public async Task Three_hosts_share_six_accounts_evenly_and_the_work_of_a_killed_one_moves_within_15_seconds()
    {
        var hosts = await StartAsync(3);
        await _stage.ChangeAsync(hosts[0]);
        await _stage.NoDriftAsync(hosts[0]);

        await _stage.ChangeAsync(hosts[0]);
        await hosts[1].KillAsync();
        var since = Stopwatch.GetTimestamp();
        await _stage.SharedAsync([hosts[0], hosts[2]]);

        Report("work of a killed Host moved", since).ShouldBeLessThan(Longest, await _stage.HistoryAsync());
        await _stage.ChangeAsync(hosts[0]);
        await _stage.NoDriftAsync(hosts[0]);
    }

    [Fact]
    public async Task The_work_of_a_leader_that_stops_moves_to_the_other()
    {
        var hosts = await StartAsync(2);
        await _stage.ChangeAsync(hosts[1]);

        await hosts[0].StopAsync();
        var since = Stopwatch.GetTimestamp();
        await _stage.SharedAsync([hosts[1]]);

        Report("work of a stopped leader moved", since).ShouldBeLessThan(Longest, await _stage.HistoryAsync());
        await _stage.NoDriftAsync(hosts[1]);
    }

    [Fact]
    public Task The_work_of_a_frozen_leader_moves_within_15_seconds_and_it_writes_nothing_stale_afterwards() =>
        FreezeLeaderAsync(2 * LeaseStore.Time);

    [ProveFact]
    [Trait("Category", "Prove")]
    [Trait("Prove", "nodes")]
    public Task The_work_of_a_leader_frozen_for_40_seconds_moves_and_it_writes_nothing_stale_afterwards() =>
        FreezeLeaderAsync(TimeSpan.FromSeconds(40));

    private async Task FreezeLeaderAsync(TimeSpan frozen)
    {
        var hosts = await StartAsync(3);
        var (leader, others) = (hosts[0], hosts.Skip(1).ToList());
        await _stage.ChangeAsync(leader);
        await _stage.NoDriftAsync(leader);
        (await _stage.AccountsOfAsync(leader)).ShouldBe(2);

        await _stage.ChangeAsync(leader);
        await leader.PauseAsync();
        var since = Stopwatch.GetTimestamp();
        var fences = await _stage.AskAsync("select max(fence)::text from calls");
        await _stage.SharedAsync(others);
        Report("work of a frozen leader moved", since).ShouldBeLessThan(Longest, await _stage.HistoryAsync());
        await _stage.ChangeAsync(others[0]);
        await _stage.NoDriftAsync(others[0]);
        if (frozen - Stopwatch.GetElapsedTime(since) is { Ticks: > 0 } rest)
        {
            await RealTime.PassAsync(rest);
        }

        var (ledger, calls) = (await _stage.AskAsync(LedgerSql), await _stage.AskAsync(CallsSql));
        await leader.WakeAsync();
        await leader.LineAsync("stepping down from leadership");

        // It is given work again, under new fences, and what it does then is not stale.
        await _stage.SharedAsync(hosts);
        (await _stage.AskAsync(LedgerSql)).ShouldBe(ledger, "nobody changed anything meanwhile");
        (await _stage.AskAsync(CallsSql)).ShouldBe(calls, $"fences before: {fences}");
        await _stage.ChangeAsync(leader);
        await _stage.NoDriftAsync(others[0]);
    }

    private const string LedgerSql =
        "select string_agg(concat_ws(' ', binding_id, person, status, revision, updated_at), ';' order by binding_id, person) from ledger";

    private const string CallsSql = "select string_agg(call_id || ' ' || fence, ';' order by call_id) from calls";

    // The first to start leads.
    private async Task<List<HostProcess>> StartAsync(int count)
    {
        var hosts = new List<HostProcess>();
        for (var host = 0; host < count; host++)
        {
            hosts.Add(await _stage.StartHostAsync());
        }

        await _stage.SharedAsync(hosts);
        return hosts;
    }

    private TimeSpan Report(string what, long since)
    {
        var elapsed = Stopwatch.GetElapsedTime(since);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} after {elapsed.TotalSeconds:0.0} s"));
        return elapsed;
    }
}
