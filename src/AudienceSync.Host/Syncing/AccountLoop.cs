using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>
/// Keeps the remote audiences of one ad account equal to membership. One worker at a time for each account, by a fenced lease.
/// <para>
/// A round asks after jobs that are due, takes every binding's removals until they are drained, and only then one page of adds of each, so a removal waits for at most one
/// page of adds, whichever audience of the account that is for. Rounds are spaced by the flush interval, so that changes gather into few calls; the fuller the account's budget, the
/// wider the space.
/// </para>
/// <para>
/// <b>States of an account:</b> free, blocked until a time (throttled: costs no attempt), stopped (a human must look). <b>Of a binding:</b> free,
/// a lane held until a time (a failed call), stopped. <b>Failures</b> of storage or a lost lease end the round; what a call left in the ledger as
/// intended is found and said again by the next owner.
/// </para>
/// </summary>
public sealed class AccountLoop(
    string destinationName,
    LanePass pass,
    JobFollower jobs,
    CallBudget budget,
    SyncTable table,
    LeaseTable leases,
    Wake wake,
    TimeSpan flush,
    TimeProvider clock,
    ILogger<AccountLoop> logger)
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>Pages of removals in one round, so that one binding cannot keep the others waiting for ever.</summary>
    private const int RemovalPages = 20;

    /// <summary>What a turn of a lane has beside its pages; null for nothing.</summary>
    public LaneTurn? Turn { get; init; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (await leases.TryClaimAsync("account:" + destinationName, cancellationToken) is { } lease)
                {
                    await WorkAsync(lease, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (LeaseLostException lost)
            {
                logger.LogWarning("Account {Destination} is let go: {Reason}", destinationName, lost.Message);
            }
            catch (Exception failure)
            {
                logger.LogError(failure, "Account {Destination} stumbled and will try again", destinationName);
            }

            await wake.WaitAsync(Poll, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WorkAsync(Lease lease, CancellationToken cancellationToken)
    {
        logger.LogInformation("Account {Destination} is ours with fence {Fence}", destinationName, lease.Fence);
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!await RoundAsync(lease, cancellationToken))
                {
                    await wake.WaitAsync(Poll, cancellationToken);
                    await Task.Delay(flush * budget.FlushFactor(), clock, cancellationToken);
                }
            }
        }
        finally
        {
            await leases.ReleaseAsync(lease, CancellationToken.None);
        }
    }

    private bool MayWork(Account account) =>
        account.StoppedCode is null && (account.BlockedUntil is not { } until || until <= clock.GetUtcNow());

    /// <summary>One round of all that may be worked on now.</summary>
    /// <returns>True when a page was full, so the next round need not wait.</returns>
    /// <exception cref="LeaseLostException">The account is another host's.</exception>
    public async Task<bool> RoundAsync(Lease lease, CancellationToken cancellationToken)
    {
        await leases.KeepAsync(lease, cancellationToken);
        if (!MayWork(await table.ReadAccountAsync(destinationName, cancellationToken)))
        {
            return false;
        }

        await jobs.RunAsync(lease, cancellationToken);
        await DrainRemovalsAsync(lease, cancellationToken);

        // A removal that was told "not so fast" is told for the whole account.
        return MayWork(await table.ReadAccountAsync(destinationName, cancellationToken)) && await EachAsync(lease, Lane.Adds, cancellationToken);
    }

    private async Task DrainRemovalsAsync(Lease lease, CancellationToken cancellationToken)
    {
        for (var page = 0; page < RemovalPages; page++)
        {
            if (!await EachAsync(lease, Lane.Removals, cancellationToken))
            {
                break;
            }
        }
    }

    // One page of a lane for every binding that may be worked on. True when any of them has more.
    private async Task<bool> EachAsync(Lease lease, Lane lane, CancellationToken cancellationToken)
    {
        var more = false;
        foreach (var binding in await table.ReadBindingsAsync(destinationName, cancellationToken))
        {
            if (binding.StoppedCode is not null || lane.NextTryOf(binding) > clock.GetUtcNow())
            {
                continue;
            }

            var end = Turn is null
                ? await pass.RunAsync(lease, binding, lane, RemovalsWaitAsync, cancellationToken)
                : await Turn.RunAsync(lease, binding, lane, RemovalsWaitAsync, cancellationToken);
            if (end == PassEnd.Yielded)
            {
                // They came, or their time came, while other calls were made. The next round begins with them.
                return true;
            }

            more |= end == PassEnd.More;
            if (end == PassEnd.Held && !MayWork(await table.ReadAccountAsync(destinationName, cancellationToken)))
            {
                return false;
            }
        }

        return more;
    }

    private Task<bool> RemovalsWaitAsync(CancellationToken cancellationToken) => table.HasRemovalsAsync(destinationName, clock.GetUtcNow(), cancellationToken);
}
