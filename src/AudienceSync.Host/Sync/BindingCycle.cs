using AudienceSync.Connectors;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Sync.Cutover;
using AudienceSync.Host.Sync.Holds;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Residuals;
using AudienceSync.Host.Sync.Resyncs;

namespace AudienceSync.Host.Sync;

/// <summary>
/// One cycle of one binding in a lane. Removals: plans that were approved, the sweep of a cutover, then a page of the lane as far as the
/// guard allows, and last what was refused before, which must not delay new removals. Adds: a page of the lane, and when it is drained a
/// page of members to redeliver.
/// </summary>
public sealed class BindingCycle(
    LaneProcessor processor,
    KeySwitchSweep sweep,
    PlanGuard guard,
    PlanWork plans,
    Redelivery redelivery,
    ResidualProcessor residuals,
    ExclusiveResync exclusive,
    AccountStore store
)
{
    /// <summary>With all its parts over one workspace.</summary>
    public static BindingCycle Open(
        WorkspaceDatabase database,
        LaneProcessor processor,
        PagePlanner planner,
        ExclusiveResync exclusive,
        DestinationLimits limits,
        TimeProvider clock,
        ILogger logger
    )
    {
        var range = new RemovalRangeQueries(database);
        var plans = new PlanStore(database);
        var guard = new PlanGuard(plans, range, clock, logger);
        return new BindingCycle(
            processor,
            new KeySwitchSweep(new CutoverStore(database), processor, guard, clock),
            guard,
            new PlanWork(plans, range, processor, clock, logger),
            new Redelivery(new RedeliveryStore(database), exclusive, limits, clock, logger),
            new ResidualProcessor(new ResidualStore(database), planner, processor, clock),
            exclusive,
            new AccountStore(database)
        );
    }

    /// <param name="lease">Of the account.</param>
    /// <param name="binding">The binding.</param>
    /// <param name="lane">Which lane.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>More when any part of it has more; held when the lane's position did not move.</returns>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public Task<RunEnd> RunAsync(Lease lease, Binding binding, Lane lane, CancellationToken cancellationToken) =>
        lane.Desired ? AddAsync(lease, binding, cancellationToken) : RemoveAsync(lease, binding, cancellationToken);

    private async Task<RunEnd> AddAsync(Lease lease, Binding binding, CancellationToken cancellationToken)
    {
        if (exclusive.HoldsLanes(binding))
        {
            return await redelivery.RunAsync(lease, binding, cancellationToken);
        }

        var end = await processor.RunAsync(lease, binding, Lane.Adds, cancellationToken);
        if (end is RunEnd.Held or RunEnd.More)
        {
            return end;
        }

        var marked = await redelivery.RunAsync(lease, binding, cancellationToken);
        return marked == RunEnd.More ? marked : end;
    }

    private async Task<RunEnd> RemoveAsync(Lease lease, Binding binding, CancellationToken cancellationToken)
    {
        if (exclusive.HoldsLanes(binding))
        {
            return RunEnd.Empty;
        }

        var planned = binding.HasPlans ? await plans.RunAsync(lease, binding, cancellationToken) : RunEnd.Empty;
        var swept = planned == RunEnd.Held ? planned : await sweep.RunAsync(lease, binding, cancellationToken);
        if (swept == RunEnd.Held)
        {
            return RunEnd.Held;
        }

        var upto = await guard.EvaluateAsync(lease, binding, cancellationToken);
        if (upto is not { } approved)
        {
            return RunEnd.More;
        }

        var end = await processor.RunAsync(lease, binding with { RemovalsUpto = approved }, Lane.Removals, cancellationToken);
        guard.Note(binding, end);

        // The page may have ended a series of failures, which must not be written back.
        var current = end == RunEnd.Empty || !residuals.IsDue(binding) ? binding : await ReadAgainAsync(binding, cancellationToken);
        var tried = end == RunEnd.Held ? end : await residuals.RunAsync(lease, current, cancellationToken);
        return tried == RunEnd.Held || (planned != RunEnd.More && swept != RunEnd.More && end != RunEnd.More) ? tried : RunEnd.More;
    }

    private async Task<Binding> ReadAgainAsync(Binding binding, CancellationToken cancellationToken) =>
        (await store.ReadBindingsAsync(binding.Destination, cancellationToken)).First(one => one.BindingId == binding.BindingId);
}
