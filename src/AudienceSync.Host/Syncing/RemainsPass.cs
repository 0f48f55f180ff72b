using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>
/// Tries again what could not be removed when another saying took its place. It belongs to the removals of a round and comes after them: what was refused once must
/// not hold up what is new. For what remains and why see <see cref="Domain.Syncing.Refusals"/>.
/// </summary>
public sealed class RemainsPass(RemainsTable table, PagePlanner planner, LanePass pass, TimeProvider clock)
{
    /// <summary>Empty when nothing is due; held when the platform did not answer.</summary>
    /// <exception cref="LeaseLostException">The account is another host's.</exception>
    public async Task<PassEnd> RunAsync(Lease lease, Binding binding, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (binding.RemainsDueAt is not { } due || due > now)
        {
            return PassEnd.Empty;
        }

        var limit = pass.LimitOf(binding);
        var remains = await table.ReadDueAsync(binding, now, limit, cancellationToken);
        var plan = await planner.PlanRemainsAsync(binding, remains, cancellationToken);
        if (!await pass.RemoveAsync(lease, binding, plan, cancellationToken))
        {
            return PassEnd.Held;
        }

        return remains.Count == limit ? PassEnd.More : PassEnd.Drained;
    }
}
