using AudienceSync.Connectors;
using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Cutover;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Syncing;
using AudienceSync.Host.Syncing;
using AudienceSync.Host.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudienceSync.Host.Tests.Simulation;

/// <summary>One ad account and the host that works on it: the real loop, whose rounds are run by hand. A host that dies is followed by another, who knows what the tables say.</summary>
internal sealed class SimulatedAccount(TestWorkspace workspace, VirtualTime clock, string name, IDestination destination, Random chance) : IDisposable
{
    private readonly Wake _wake = new(TimeProvider.System);
    private AccountLoop? _loop;
    private Lease? _lease;
    private int _hosts;
    private DateTimeOffset _vacantUntil;

    public string Name => name;

    /// <summary>Until then nobody works on it: the lease of a dead host holds. Null when somebody does.</summary>
    public DateTimeOffset? VacantUntil => clock.GetUtcNow() < _vacantUntil ? _vacantUntil : null;

    /// <summary>One round, unless it dies in it. True when there is more to do at once.</summary>
    public async Task<bool> RoundAsync()
    {
        if (clock.GetUtcNow() < _vacantUntil)
        {
            return false;
        }

        try
        {
            var leases = new LeaseTable(workspace.Database, $"host{_hosts}");
            _lease ??= (await leases.TryClaimAsync("account:" + name, default)).ShouldNotBeNull();
            _loop ??= NewLoop(leases);
            return await _loop.RoundAsync(_lease.Value, default);
        }
        catch (ProcessDiedException)
        {
            await DieAsync();
            return false;
        }
    }

    /// <summary>Without a word; the next one comes when its lease has run out.</summary>
    public async Task DieAsync()
    {
        (_loop, _lease) = (null, null);
        _hosts++;
        _vacantUntil = clock.GetUtcNow() + LeaseTable.Time;
        await workspace.ExecuteAsync($"update leases set until = clock_timestamp() - interval '1 second' where name = 'account:{name}'");
    }

    public void Dispose() => _wake.Dispose();

    private AccountLoop NewLoop(LeaseTable leases)
    {
        var table = new SyncTable(workspace.Database);
        var budget = new CallBudget(name, destination.Limits.Allowances, new BudgetTable(workspace.Database), clock) { RequestsPerCall = destination.Limits.RequestsPerCall };
        var calls = new MemberCalls(table, workspace.Vault, destination, budget, workspace.Shared, clock);
        var planner = new PagePlanner(destination, table, workspace.Vault);
        var pass = new LaneProcessor(name, destination, table, planner, calls, chance.NextDouble, clock, NullLogger.Instance);
        var jobs = new JobPoller(name, destination, new JobTable(workspace.Database), clock, NullLogger.Instance);
        return new AccountLoop(name, pass, jobs, budget, table, leases, _wake, TimeSpan.FromSeconds(1), clock, NullLogger<AccountLoop>.Instance)
        {
            Turn = BindingCycle.Open(workspace.Database, pass, planner, destination.Limits, clock, NullLogger.Instance),
        };
    }
}

/// <summary>The process is gone in the middle of a call.</summary>
internal sealed class ProcessDiedException : Exception;
