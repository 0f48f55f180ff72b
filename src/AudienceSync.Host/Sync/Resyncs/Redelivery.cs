using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Lanes;

namespace AudienceSync.Host.Sync.Resyncs;

/// <summary>
/// Sends members again although nothing about them changed: all members of a remote audience that an operator does not trust any more (a
/// resync), and members that the platform would otherwise forget (a refresh, <see cref="RefreshRule"/>).
/// <para>
/// <b>How.</b> It does not call the platform itself. When a binding's lanes have nothing left to do, it takes a page of the ledger and
/// marks it for redelivery; the lanes send it, removals first, with their budgets, jobs and outcomes. What a webhook brings in the meantime
/// waits for one page at most. So the remote audience is never empty in between: what is sent is an add, and a member that is there stays
/// there.
/// </para>
/// <para>
/// <b>What it repairs.</b> A member that should be there is added again, a member that we once removed is removed again. Members that we
/// never added stay: we remove only what we added (design section 6, rule 10). In an exclusive binding they go, where the platform can
/// replace all members: <see cref="ExclusiveResync"/>.
/// </para>
/// <para>
/// <b>States of a resync.</b> Sweeping, finished, canceled. The mark and the position of the sweep are written in one transaction, so a
/// crash or a lost lease costs nothing.
/// </para>
/// </summary>
public sealed class Redelivery(
    RedeliveryStore table,
    ExclusiveResync exclusive,
    DestinationLimits limits,
    TimeProvider clock,
    ILogger logger
)
{
    /// <summary>Marks the next page, if there is any to mark. For a binding whose lanes are drained.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public async Task<RunEnd> RunAsync(Lease lease, Binding binding, CancellationToken cancellationToken)
    {
        if (binding.HasMarked)
        {
            return RunEnd.Drained;
        }

        var resync = await table.FindResyncAsync(binding, cancellationToken);
        if (
            resync is not null
            && exclusive.Replaces(binding)
            && await exclusive.RunAsync(lease, binding, resync, cancellationToken) is { } step
        )
        {
            return step;
        }

        return resync is not null ? await ResyncAsync(lease, binding, resync, cancellationToken)
            : limits.MembershipLifetime is { } lifetime ? await RefreshAsync(lease, binding, lifetime, cancellationToken)
            : RunEnd.Empty;
    }

    private async Task<RunEnd> ResyncAsync(Lease lease, Binding binding, OpenSweep resync, CancellationToken cancellationToken)
    {
        var page = await table.ReadResyncAsync(
            binding,
            resync.SweptTo,
            exclusive.SweepsSince(resync),
            limits.MembersPerCall,
            cancellationToken
        );

        // The last page is sent before the resync is finished: then no member is left behind it, and none is marked.
        var ended = !page.More && page.People.Count == 0;
        await table.WriteResyncAsync(lease, binding, resync, page, ended ? clock.GetUtcNow() : null, cancellationToken);
        if (ended)
        {
            logger.LogInformation("{Destination} {Remote}: resync {Resync} finished", binding.Destination, binding.Remote, resync.Id);
        }

        return ended ? RunEnd.Drained : RunEnd.More;
    }

    private async Task<RunEnd> RefreshAsync(Lease lease, Binding binding, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await table.FindRefreshAsync(binding, now, cancellationToken) is not { } refresh)
        {
            return RunEnd.Empty;
        }

        var due = (RefreshRule.Latest(lifetime, now), RefreshRule.Spread(lifetime));
        var page = await table.ReadRefreshAsync(binding, refresh.SweptTo, due, limits.MembersPerCall, cancellationToken);
        await table.WriteRefreshAsync(lease, binding, refresh, page, page.More ? null : now + RefreshRule.RoundEvery, cancellationToken);
        return page.People.Count > 0 ? RunEnd.More : RunEnd.Drained;
    }
}
