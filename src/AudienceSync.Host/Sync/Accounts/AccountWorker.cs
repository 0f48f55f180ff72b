using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Sync.Jobs;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Ledger;
using AudienceSync.Host.Sync.Readings;
using AudienceSync.Host.Sync.Resyncs;
using AudienceSync.Host.Sync.Runs;

namespace AudienceSync.Host.Sync.Accounts;

/// <summary>Composes everything that works for one ad account.</summary>
internal static class AccountWorker
{
    /// <param name="destination">The account.</param>
    /// <param name="metrics">Counts its calls; null for a verb.</param>
    /// <param name="poll">How often it is looked at when nothing wakes it.</param>
    /// <param name="provider">The workspace's services.</param>
    public static AccountLoop Open(PlannedDestination destination, DestinationMetrics? metrics, TimeSpan poll, IServiceProvider provider)
    {
        var database = provider.GetRequiredService<WorkspaceDatabase>();
        var clock = provider.GetRequiredService<TimeProvider>();
        var wake = provider.GetRequiredService<Wakes>().Of(AddSyncExtensions.WakeOf(destination));
        var budget = new CallBudget(destination.Name, destination.Connector.Limits.Allowances, new BudgetStore(database), clock)
        {
            RequestsPerCall = destination.Connector.Limits.RequestsPerCall,
        };
        var logger = provider.GetRequiredService<ILogger<AccountLoop>>();
        var jobs = new JobPoller(destination.Name, destination.Connector, new JobStore(database), clock, logger);
        var cycle = Cycle(destination, metrics, budget, database, logger, provider);
        return new AccountLoop(
            destination.Name,
            cycle,
            jobs,
            budget,
            new AccountStore(database),
            provider.GetRequiredService<LeaseStore>(),
            wake,
            destination.Flush,
            clock,
            logger
        )
        {
            Poll = poll,
            Readings = new ReadingPoller(
                destination.Name,
                destination.Connector,
                budget,
                provider.GetRequiredService<ReadingStore>(),
                clock,
                logger
            ),
        };
    }

    // What is done for one binding of the account.
    private static BindingCycle Cycle(
        PlannedDestination destination,
        DestinationMetrics? metrics,
        CallBudget budget,
        WorkspaceDatabase database,
        ILogger<AccountLoop> logger,
        IServiceProvider provider
    )
    {
        var (clock, chance) = (provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Func<double>>());
        var vault = provider.GetRequiredService<Vault>();
        var (deliveries, identifiers) = (new DeliveryStore(database), new IdentifierStore(database));
        var shared = new SharedCells(new HolderStore(database), provider.GetRequiredService<AliasDigester>());
        var calls = new MemberCalls(
            deliveries,
            identifiers,
            vault,
            destination.Connector,
            budget,
            shared,
            provider.GetRequiredService<CallSeal>(),
            clock
        );
        var planner = new PagePlanner(destination.Connector, identifiers, vault);
        var processor = new LaneProcessor(
            destination.Name,
            destination.Connector,
            new LaneStore(database),
            deliveries,
            planner,
            calls,
            chance,
            clock,
            logger
        )
        {
            Metrics = metrics,
        };
        var exclusive = new ExclusiveResync(
            new ResyncSessionStore(database),
            deliveries,
            identifiers,
            vault,
            destination.Connector,
            budget,
            chance,
            clock,
            logger
        );
        return BindingCycle.Open(database, processor, planner, exclusive, destination.Connector.Limits, clock, logger);
    }
}
