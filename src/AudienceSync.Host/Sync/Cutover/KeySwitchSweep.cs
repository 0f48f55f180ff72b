using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Holds;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Runs;

namespace AudienceSync.Host.Sync.Cutover;

/// <summary>
/// Takes one page of the sweep that follows a key cutover of a binding: removes the members that only the former key had. It belongs to the
/// removals of a round. Why the sweep is correct is explained at <see cref="CutoverStore"/>.
/// </summary>
public sealed class KeySwitchSweep(CutoverStore table, LaneProcessor processor, PlanGuard guard, TimeProvider clock)
{
    /// <summary>
    /// Empty when no cutover is under way or its plan waits for approval; held when the platform did not accept the removals.
    /// </summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
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
        if (page.ToRemove.Count > 0 && !await processor.RemoveAsync(lease, binding, RunCause.KeySwitch, page.ToRemove, cancellationToken))
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
