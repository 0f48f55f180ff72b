using AudienceSync.Host.Storage.Cutover;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>
/// Takes one piece of the walk that follows a switch of a binding's key: removes those whom only the old key had. It belongs to the removals of
/// a round. Why the walk is right is written at <see cref="CutoverTable"/>.
/// </summary>
public sealed class CutoverWalk(CutoverTable table, LanePass pass, TimeProvider clock)
{
    /// <summary>Empty when no switch is under way; held when the platform did not take the removals.</summary>
    /// <exception cref="LeaseLostException">The account is another host's.</exception>
    public async Task<PassEnd> RunAsync(Lease lease, Binding binding, CancellationToken cancellationToken)
    {
        if (await table.FindAsync(binding.BindingId, cancellationToken) is not { } cutover || cutover.KeyId != binding.KeyId)
        {
            return PassEnd.Empty;
        }

        var page = await table.ReadAsync(cutover, pass.LimitOf(binding), cancellationToken);
        if (page.Leavers.Count > 0 && !await pass.RemoveAsync(lease, binding, page.Leavers, cancellationToken))
        {
            return PassEnd.Held;
        }

        await table.MoveAsync(lease, cutover, page, clock.GetUtcNow(), cancellationToken);
        return page.More ? PassEnd.More : PassEnd.Drained;
    }
}
