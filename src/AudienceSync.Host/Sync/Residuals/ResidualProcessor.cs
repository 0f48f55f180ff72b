using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Lanes;

namespace AudienceSync.Host.Sync.Residuals;

/// <summary>
/// Retries the removal of deliveries that could not be removed when another delivery took their place. It belongs to the removals of a
/// round and comes after them: what was refused once must not delay new removals. For the reasons of residual deliveries see
/// <see cref="Domain.Syncing.Refusals"/>.
/// </summary>
public sealed class ResidualProcessor(ResidualStore table, PagePlanner planner, LaneProcessor processor, TimeProvider clock)
{
    public bool IsDue(Binding binding) => binding.ResidualsDueAt <= clock.GetUtcNow();

    /// <summary>Empty when nothing is due; held when the platform did not respond.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public async Task<RunEnd> RunAsync(Lease lease, Binding binding, CancellationToken cancellationToken)
    {
        if (!IsDue(binding))
        {
            return RunEnd.Empty;
        }

        var now = clock.GetUtcNow();
        var limit = processor.LimitOf(binding);
        var residuals = await table.ReadDueAsync(binding, now, limit, cancellationToken);
        var plan = await planner.PlanResidualsAsync(binding, residuals, cancellationToken);
        if (!await processor.RemoveAsync(lease, binding, plan, cancellationToken))
        {
            return RunEnd.Held;
        }

        return residuals.Count == limit ? RunEnd.More : RunEnd.Drained;
    }
}
