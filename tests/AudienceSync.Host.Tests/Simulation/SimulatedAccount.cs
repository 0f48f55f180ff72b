using AudienceSync.Connectors;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Sync.Jobs;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Ledger;
using AudienceSync.Host.Sync.Resyncs;
using AudienceSync.Host.Sync.Runs;
using AudienceSync.Host.Tests.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudienceSync.Host.Tests.Simulation;

/// <summary>
/// One ad account and the host that works on it: the real loop; the test runs its rounds. When a host dies, the next one has only the state
/// in the tables.
/// </summary>
internal sealed class SimulatedAccount(TestWorkspace workspace, VirtualTime clock, string name, IDestination destination, Random chance)
    : IDisposable
{
    private readonly Wake _wake = new(TimeProvider.System);
    private AccountLoop? _loop;
    private Lease? _lease;
    private int _hosts;
    private DateTimeOffset _vacantUntil;

    public string Name => name;

    /// <summary>Until then no host works on it, because the lease of a dead host is still valid. Null when a host does.</summary>
    public DateTimeOffset? VacantUntil => clock.GetUtcNow() < _vacantUntil ? _vacantUntil : null;

    /// <summary>One round, unless the host dies in it. True when there is more immediate work.</summary>
    public async Task<bool> RoundAsync()
    {
        if (clock.GetUtcNow() < _vacantUntil)
        {
            return false;
        }

        try
        {
            var leases = new LeaseStore(workspace.Database, $"host{_hosts}");
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

    /// <summary>The host dies without releasing its lease; the next one takes over when the lease has expired.</summary>
    public async Task DieAsync()
    {
        (_loop, _lease) = (null, null);
        _hosts++;
        _vacantUntil = clock.GetUtcNow() + LeaseStore.Time;
        await workspace.ExecuteAsync($"update leases set until = clock_timestamp() - interval '1 second' where name = 'account:{name}'");
    }

    public void Dispose() => _wake.Dispose();

    private AccountLoop NewLoop(LeaseStore leases)
    {
        var (deliveries, identifiers) = (new DeliveryStore(workspace.Database), new IdentifierStore(workspace.Database));
        var budget = new CallBudget(name, destination.Limits.Allowances, new BudgetStore(workspace.Database), clock)
        {
            RequestsPerCall = destination.Limits.RequestsPerCall,
        };
        var calls = new MemberCalls(
            deliveries,
            identifiers,
            workspace.Vault,
            destination,
            budget,
            workspace.Shared,
            new CallSeal(new MasterKeys(workspace.Master)),
            clock
        );
        var planner = new PagePlanner(destination, identifiers, workspace.Vault);
        var pass = new LaneProcessor(
            name,
            destination,
            new LaneStore(workspace.Database),
            deliveries,
            planner,
            calls,
            chance.NextDouble,
            clock,
            NullLogger.Instance
        );
        var jobs = new JobPoller(name, destination, new JobStore(workspace.Database), clock, NullLogger.Instance);
        var exclusive = new ExclusiveResync(
            new ResyncSessionStore(workspace.Database),
            deliveries,
            identifiers,
            workspace.Vault,
            destination,
            budget,
            chance.NextDouble,
            clock,
            NullLogger.Instance
        );
        var cycle = BindingCycle.Open(workspace.Database, pass, planner, exclusive, destination.Limits, clock, NullLogger.Instance);
        return new AccountLoop(
            name,
            cycle,
            jobs,
            budget,
            new AccountStore(workspace.Database),
            leases,
            _wake,
            TimeSpan.FromSeconds(1),
            clock,
            NullLogger<AccountLoop>.Instance
        );
    }
}

/// <summary>The process ends in the middle of a call.</summary>
internal sealed class ProcessDiedException : Exception;
