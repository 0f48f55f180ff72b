using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Syncing;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Syncing;

/// <summary>
/// Keeps the remote audiences of one ad account equal to membership. One worker at a time for each account, by a fenced lease.
/// <para>
/// A round asks after jobs that are due, takes every binding's removals until they are drained, and only then one page of adds of each. Removals that
/// came while a page of adds was said are drained before the next binding's: a removal waits for at most one page of adds, whichever audience of the
/// account that is for, and adds get on however many removals come. Rounds are spaced by the flush interval, so that changes gather into few calls; the fuller the account's budget, the
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
    LaneProcessor processor,
    JobPoller jobs,
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

    private readonly OutageLog _outage = new("Account " + destinationName, clock, logger);

    /// <summary>What a turn of a lane has beside its pages; null for nothing.</summary>
    public BindingCycle? Turn { get; init; }

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

                _outage.Recovered();
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
                await Task.Delay(_outage.Failed(failure), clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            await wake.WaitAsync(Poll, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WorkAsync(Lease lease, CancellationToken cancellationToken)
    {
        if (!_outage.IsOut)
        {
            logger.LogInformation("Account {Destination} is ours with fence {Fence}", destinationName, lease.Fence);
        }

        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var more = await RoundAsync(lease, cancellationToken);
                _outage.Recovered();
                if (!more)
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

    private async Task<bool> MayWorkAsync(CancellationToken cancellationToken)
    {
        var account = await table.ReadAccountAsync(destinationName, cancellationToken);
        return account.StoppedCode is null && (account.BlockedUntil is not { } until || until <= clock.GetUtcNow());
    }

    private Task<bool> RemovalsWaitAsync(CancellationToken cancellationToken) => table.HasRemovalsAsync(destinationName, clock.GetUtcNow(), cancellationToken);

    /// <summary>One round of all that may be worked on now.</summary>
    /// <returns>True when a page was full, so the next round need not wait.</returns>
    /// <exception cref="LeaseLostException">The account is another host's.</exception>
    public async Task<bool> RoundAsync(Lease lease, CancellationToken cancellationToken)
    {
        await leases.KeepAsync(lease, cancellationToken);
        if (!await MayWorkAsync(cancellationToken))
        {
            return false;
        }

        await jobs.RunAsync(lease, cancellationToken);
        var held = await DrainRemovalsAsync(lease, cancellationToken);

        // A removal that was told "not so fast" is told for the whole account.
        return await MayWorkAsync(cancellationToken) && await AddAsync(lease, held, cancellationToken);
    }

    // True when some were held: their time may come while the others are said.
    private async Task<bool> DrainRemovalsAsync(Lease lease, CancellationToken cancellationToken)
    {
        var (more, held) = (true, false);
        for (var page = 0; page < RemovalPages && more; page++)
        {
            (more, var some) = await RemoveAsync(lease, cancellationToken);
            held |= some;
        }

        return held;
    }

    // One page of removals for every binding: whether any of them has more, and whether any was held. Of whom a platform wants to hear in smaller calls the time comes at once.
    private async Task<(bool More, bool Held)> RemoveAsync(Lease lease, CancellationToken cancellationToken)
    {
        var (more, held) = (false, false);
        foreach (var binding in await table.ReadBindingsAsync(destinationName, cancellationToken))
        {
            var end = await TurnAsync(lease, binding, Lane.Removals, cancellationToken);
            (more, held) = (more || end == RunEnd.More, held || end == RunEnd.Held);
            if (end == RunEnd.Held && !await MayWorkAsync(cancellationToken))
            {
                return (false, held);
            }
        }

        return (more || (held && await RemovalsWaitAsync(cancellationToken)), held);
    }

    // One page of adds for every binding. True when any of them has more, or removals wait already. Removals are asked after where some may wait: not again and again, or
    // adds would never be said while removals come.
    private async Task<bool> AddAsync(Lease lease, bool held, CancellationToken cancellationToken)
    {
        var (more, ask) = (false, held);
        var done = new HashSet<int>();
        var bindings = await table.ReadBindingsAsync(destinationName, cancellationToken);
        while (bindings.FirstOrDefault(binding => !done.Contains(binding.BindingId)) is { } binding)
        {
            if (ask && await RemovalsWaitAsync(cancellationToken))
            {
                // They came, or their time came, while others were said. What was read of the bindings is as old as that.
                await DrainRemovalsAsync(lease, cancellationToken);
                if (!await MayWorkAsync(cancellationToken))
                {
                    return false;
                }

                ask = false;
                bindings = await table.ReadBindingsAsync(destinationName, cancellationToken);
                continue;
            }

            done.Add(binding.BindingId);
            var end = await TurnAsync(lease, binding, Lane.Adds, cancellationToken);
            ask |= end != RunEnd.Empty;
            more |= end == RunEnd.More;
            if (end == RunEnd.Held && !await MayWorkAsync(cancellationToken))
            {
                return false;
            }
        }

        // Adds may gather; who is to be removed sees what he should not for as long.
        return more || (ask && await RemovalsWaitAsync(cancellationToken));
    }

    private async Task<RunEnd> TurnAsync(Lease lease, Binding binding, Lane lane, CancellationToken cancellationToken)
    {
        if (binding.StoppedCode is not null || lane.NextTryOf(binding) > clock.GetUtcNow())
        {
            return RunEnd.Empty;
        }

        return Turn is null
            ? await processor.RunAsync(lease, binding, lane, cancellationToken)
            : await Turn.RunAsync(lease, binding, lane, cancellationToken);
    }
}
