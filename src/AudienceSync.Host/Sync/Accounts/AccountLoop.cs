using System.Runtime.CompilerServices;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Jobs;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Readings;

namespace AudienceSync.Host.Sync.Accounts;

/// <summary>
/// Keeps the remote audiences of one ad account equal to membership. One worker at a time for each account, by a fenced lease.
/// <para>
/// A round polls jobs that are due, drains the removals of every binding, and only then takes one page of adds of each. Removals that
/// arrived while a page of adds was sent are drained before the next binding's adds: a removal waits for at most one page of adds,
/// whichever audience of the account that is for, and adds make progress however many removals arrive. Rounds are spaced by the flush
/// interval, so that changes gather into few calls; the fuller the account's budget, the wider the space.
/// </para>
/// <para>
/// It works in the turns of a <see cref="LeasedLoop"/>. <b>States of an account:</b> free, blocked until a time (throttled: costs no
/// attempt), stopped (an operator must act). <b>Of a binding:</b> free, a lane held until a time (a failed call), stopped. <b>Failures</b>
/// of storage or a lost lease end the round; the intents that a call left in the ledger are found and sent again by the next owner.
/// </para>
/// </summary>
public sealed class AccountLoop(
    string destinationName,
    BindingCycle cycle,
    JobPoller jobs,
    CallBudget budget,
    AccountStore store,
    LeaseStore leases,
    Wake wake,
    TimeSpan flush,
    TimeProvider clock,
    ILogger<AccountLoop> logger
) : LeasedLoop(LeasePrefix + destinationName, "Account " + destinationName, leases, wake, clock, logger)
{
    /// <summary>Before the name of the account, the name of its lease.</summary>
    public const string LeasePrefix = "account:";

    public static readonly TimeSpan DefaultPoll = TimeSpan.FromSeconds(1);

    /// <summary>Pages of removals in one round, so that one binding cannot delay the others without limit.</summary>
    private const int RemovalPages = 20;

    /// <summary>Reads sizes and states; null for not at all.</summary>
    public ReadingPoller? Readings { get; init; }

    /// <summary>How soon it sees what nothing wakes it for: orders of operators, and waits that have ended.</summary>
    public TimeSpan Poll { get; init; } = DefaultPoll;

    protected override TimeSpan Idle => Poll;

    protected override TimeSpan Retry => Poll;

    protected override async IAsyncEnumerable<TurnPause> WorkAsync(
        Lease lease,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (!IsOut)
        {
            Logger.LogInformation("Account {Destination} claimed with fence {Fence}", destinationName, lease.Fence);
        }

        while (true)
        {
            if (await RoundAsync(lease, cancellationToken))
            {
                yield return TurnPause.None;
                continue;
            }

            yield return TurnPause.UntilWoken(Poll);
            yield return TurnPause.For(flush * budget.FlushFactor());
        }
    }

    private async Task<bool> MayWorkAsync(CancellationToken cancellationToken)
    {
        var account = await store.ReadAccountAsync(destinationName, cancellationToken);
        return account.StoppedCode is null && (account.BlockedUntil is not { } until || until <= Clock.GetUtcNow());
    }

    private Task<bool> RemovalsWaitAsync(CancellationToken cancellationToken) =>
        store.HasRemovalsAsync(destinationName, Clock.GetUtcNow(), cancellationToken);

    /// <summary>One round over everything that may be worked on now.</summary>
    /// <returns>True when a page was full, so the next round need not wait.</returns>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public async Task<bool> RoundAsync(Lease lease, CancellationToken cancellationToken)
    {
        await Leases.KeepAsync(lease, cancellationToken);
        if (!await MayWorkAsync(cancellationToken))
        {
            return false;
        }

        await jobs.RunAsync(lease, cancellationToken);
        var held = await DrainRemovalsAsync(lease, cancellationToken);

        // A throttle in response to a removal applies to the whole account.
        if (await MayWorkAsync(cancellationToken) && await AddAsync(lease, held, cancellationToken))
        {
            return true;
        }

        await ReadAsync(lease, cancellationToken);
        return false;
    }

    // Last, and one in a round: members come first. Never full, so that changes gather as they do without it.
    private async Task ReadAsync(Lease lease, CancellationToken cancellationToken)
    {
        if (Readings is { MayBeDue: true } readings && await MayWorkAsync(cancellationToken) && !await RemovalsWaitAsync(cancellationToken))
        {
            await readings.RunAsync(lease, cancellationToken);
        }
    }

    // True when some were held: their time may come while the others are sent.
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

    // One page of removals for every binding: whether any of them has more, and whether any was held. Where a platform requires smaller
    // calls, the retry is due at once.
    private async Task<(bool More, bool Held)> RemoveAsync(Lease lease, CancellationToken cancellationToken)
    {
        var (more, held) = (false, false);
        foreach (var binding in await store.ReadBindingsAsync(destinationName, cancellationToken))
        {
            var end = await CycleAsync(lease, binding, Lane.Removals, cancellationToken);
            (more, held) = (more || end == RunEnd.More, held || end == RunEnd.Held);
            if (end == RunEnd.Held && !await MayWorkAsync(cancellationToken))
            {
                return (false, held);
            }
        }

        return (more || (held && await RemovalsWaitAsync(cancellationToken)), held);
    }

    // One page of adds for every binding. True when any of them has more, or removals are pending already. Pending removals are queried
    // only where there may be some, and not repeatedly: otherwise adds would never be sent while removals arrive.
    private async Task<bool> AddAsync(Lease lease, bool held, CancellationToken cancellationToken)
    {
        var (more, check) = (false, held);
        var done = new HashSet<int>();
        var bindings = await store.ReadBindingsAsync(destinationName, cancellationToken);
        while (bindings.FirstOrDefault(binding => !done.Contains(binding.BindingId)) is { } binding)
        {
            if (check && await RemovalsWaitAsync(cancellationToken))
            {
                // They arrived, or became due, while others were sent. What was read of the bindings is as old as that.
                await DrainRemovalsAsync(lease, cancellationToken);
                if (!await MayWorkAsync(cancellationToken))
                {
                    return false;
                }

                check = false;
                bindings = await store.ReadBindingsAsync(destinationName, cancellationToken);
                continue;
            }

            done.Add(binding.BindingId);
            var end = await CycleAsync(lease, binding, Lane.Adds, cancellationToken);
            check |= end != RunEnd.Empty;
            more |= end == RunEnd.More;
            if (end == RunEnd.Held && !await MayWorkAsync(cancellationToken))
            {
                return false;
            }
        }

        // Adds may gather; a member to be removed keeps seeing unwanted ads for as long as the removal waits.
        return more || (check && await RemovalsWaitAsync(cancellationToken));
    }

    private async Task<RunEnd> CycleAsync(Lease lease, Binding binding, Lane lane, CancellationToken cancellationToken)
    {
        if (binding.StoppedCode is not null || lane.NextTryOf(binding) > Clock.GetUtcNow())
        {
            return RunEnd.Empty;
        }

        var end = await cycle.RunAsync(lease, binding, lane, cancellationToken);
        if (end is RunEnd.Empty or RunEnd.Drained && binding.HasOpenRun(lane))
        {
            // Its last page was full, or was sent apart from the lane.
            await store.EndRunAsync(lease, binding, lane, cancellationToken);
        }

        return end;
    }
}
