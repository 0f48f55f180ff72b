using AudienceSync.Host.Storage.Cutover;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>
/// Takes one piece of the walk that follows a switch of a binding's key: removes those whom only the old key had. It belongs to the removals of
/// a round. Why the walk is right is written at <see cref="CutoverTable"/>.
/// </summary>
public sealed class KeySwitchSweep(CutoverTable table, LaneProcessor processor, PlanGuard guard, TimeProvider clock)
{
    /// <summary>Empty when no switch is under way or its plan waits for approval; held when the platform did not take the removals.</summary>
    /// <exception cref="LeaseLostException">The account is another host's.</exception>
    public async Task<RunEnd> RunAsync(Lease lease, Binding binding, CancellationToken cancellationToken)
    {
        if (await table.FindAsync(binding.BindingId, cancellationToken) is not { } cutover || cutover.KeyId != binding.KeyId)
        {
            return RunEnd.Empty;
        }

        var evaluated = await guard.EvaluateSweepAsync(lease, binding, cutover, cancellationToken);
        if (evaluated != RunEnd.Drained)
        {
            return evaluated;
        }

        var page = await table.ReadAsync(cutover, processor.LimitOf(binding), cancellationToken);
        if (page.Leavers.Count > 0 && !await processor.RemoveAsync(lease, binding, page.Leavers, cancellationToken))
        {
            return RunEnd.Held;
        }

        await table.MoveAsync(lease, cutover, page, clock.GetUtcNow(), cancellationToken);
        if (page.More)
        {
            return RunEnd.More;
        }

        await guard.EndSweepAsync(lease, cutover, cancellationToken);
        return RunEnd.Drained;
    }
}
