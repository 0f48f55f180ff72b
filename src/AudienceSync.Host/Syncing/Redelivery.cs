using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>
/// Says members again though nothing about them changed: all of a list that an operator does not trust any more (a resync), and those whom the
/// platform would forget (a refresh, <see cref="RefreshRule"/>).
/// <para>
/// <b>How.</b> It says nothing itself. When a binding's lanes have nothing left to do it takes a page of the ledger and marks it to be looked at again; the lanes
/// say it, removals first, with their budgets, jobs and outcomes, and what a webhook brings meanwhile waits for one page at most. So the list
/// is never empty in between: adding is what is said, and a member who is there stays there.
/// </para>
/// <para>
/// <b>What it mends.</b> Whoever should be there is added again, whoever we once removed is removed again. Strangers whom we never added stay: we
/// remove only what we added (design section 6, rule 6).
/// </para>
/// <para>
/// <b>States of a resync.</b> Walking, finished, cancelled. The mark and the walk's place are one transaction, so a crash or a lost lease costs nothing.
/// </para>
/// </summary>
public sealed class Redelivery(RedeliveryTable table, DestinationLimits limits, TimeProvider clock, ILogger logger)
{
    /// <summary>Marks the next page, if there is any to mark. For a binding whose lanes are drained.</summary>
    /// <exception cref="LeaseLostException">The account is another host's.</exception>
    public async Task<RunEnd> RunAsync(Lease lease, Binding binding, CancellationToken cancellationToken)
    {
        if (binding.HasAgain)
        {
            return RunEnd.Drained;
        }

        return await table.FindResyncAsync(binding, cancellationToken) is { } resync ? await ResyncAsync(lease, binding, resync, cancellationToken)
            : limits.MembershipLifetime is { } lifetime ? await RefreshAsync(lease, binding, lifetime, cancellationToken)
            : RunEnd.Empty;
    }

    private async Task<RunEnd> ResyncAsync(Lease lease, Binding binding, OpenSweep resync, CancellationToken cancellationToken)
    {
        var piece = await table.ReadResyncAsync(binding, resync.SweptTo, limits.MembersPerCall, cancellationToken);

        // The last page is said before it is finished: then there is nobody behind it, and nobody who is marked.
        var ended = !piece.More && piece.People.Count == 0;
        await table.WriteResyncAsync(lease, binding, resync, piece, ended ? clock.GetUtcNow() : null, cancellationToken);
        if (ended)
        {
            logger.LogInformation("{Destination} {Remote}: resync {Resync} is finished", binding.Destination, binding.Remote, resync.Id);
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
        var piece = await table.ReadRefreshAsync(binding, refresh.SweptTo, due, limits.MembersPerCall, cancellationToken);
        await table.WriteRefreshAsync(lease, binding, refresh, piece, piece.More ? null : now + RefreshRule.RoundEvery, cancellationToken);
        return piece.People.Count > 0 ? RunEnd.More : RunEnd.Drained;
    }
}
