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

namespace AudienceSync.Host.Tests.Removals;

/// <summary>
/// The real loop of one ad account; the test runs its rounds. When a process dies in a call, the next one has only the state in the tables.
/// </summary>
internal sealed class ListAccount(TestWorkspace workspace, string name, IDestination platform) : IDisposable
{
    private const int MostRounds = 60;

    private readonly Wake _idleWake = new(TimeProvider.System);
    private AccountLoop? _loop;
    private Lease? _lease;
    private int _hosts;

    public IDestination Platform => platform;

    /// <summary>Runs rounds until there is no immediate work.</summary>
    public async Task RoundsAsync()
    {
        var more = true;
        for (var rounds = 0; more; rounds++)
        {
            rounds.ShouldBeLessThan(MostRounds, $"{name} is never done");
            more = await RoundAsync();
        }
    }

    public void Dispose() => _idleWake.Dispose();

    private async Task<bool> RoundAsync()
    {
        try
        {
            var leases = new LeaseStore(workspace.Database, $"host{_hosts}");
            _lease ??= (await leases.TryClaimAsync("account:" + name, default)).ShouldNotBeNull();
            _loop ??= NewLoop(leases);
            return await _loop.RoundAsync(_lease.Value, default);
        }
        catch (OperationCanceledException)
        {
            (_loop, _lease) = (null, null);
            _hosts++;
            await workspace.ExecuteAsync(
                $"update leases set until = clock_timestamp() - interval '1 second' where name = 'account:{name}'"
            );
            return true;
        }
    }

    private AccountLoop NewLoop(LeaseStore leases)
    {
        var (deliveries, identifiers) = (new DeliveryStore(workspace.Database), new IdentifierStore(workspace.Database));
        var budget = new CallBudget(name, platform.Limits.Allowances, new BudgetStore(workspace.Database), workspace.Clock)
        {
            RequestsPerCall = platform.Limits.RequestsPerCall,
        };
        var calls = new MemberCalls(
            deliveries,
            identifiers,
            workspace.Vault,
            platform,
            budget,
            workspace.Shared,
            new CallSeal(new MasterKeys(workspace.Master)),
            workspace.Clock
        );
        var planner = new PagePlanner(platform, identifiers, workspace.Vault);
        var pass = new LaneProcessor(
            name,
            platform,
            new LaneStore(workspace.Database),
            deliveries,
            planner,
            calls,
            () => 0.5,
            workspace.Clock,
            NullLogger.Instance
        );
        var jobs = new JobPoller(name, platform, new JobStore(workspace.Database), workspace.Clock, NullLogger.Instance);
        var exclusive = new ExclusiveResync(
            new ResyncSessionStore(workspace.Database),
            deliveries,
            identifiers,
            workspace.Vault,
            platform,
            budget,
            () => 0.5,
            workspace.Clock,
            NullLogger.Instance
        );
        var cycle = BindingCycle.Open(workspace.Database, pass, planner, exclusive, platform.Limits, workspace.Clock, NullLogger.Instance);
        return new AccountLoop(
            name,
            cycle,
            jobs,
            budget,
            new AccountStore(workspace.Database),
            leases,
            _idleWake,
            TimeSpan.FromSeconds(1),
            workspace.Clock,
            NullLogger<AccountLoop>.Instance
        );
    }
}
