using AudienceSync.Domain.Events;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Projection;

/// <summary>
/// Keeps membership up to date with the log: claims the projector's lease, then reads events after the cursor page by page, folds them, and
/// writes rows and cursor in one transaction. Between pages it expires rows whose window has passed.
/// <para>
/// <b>States.</b> Waiting for the lease; following. <b>Failures.</b> A lost lease or a broken connection ends the iteration: nothing of the
/// page was written, because rows and cursor are one transaction, so the next owner reads the same page again. A page whose fold throws is
/// a bug and would throw again: the loop logs it once per outage (<see cref="OutageLog"/>) and retries with increasing delays. The cursor
/// does not move, which the status shows as lag. It never skips a page.
/// </para>
/// </summary>
public sealed class ProjectionLoop(
    MembershipStore table,
    PermissionStore permissions,
    InheritStore inheritances,
    DrainStore drains,
    LeaseStore leases,
    AudienceKeys keys,
    Wake wake,
    IReadOnlyList<Wake> followers,
    TimeProvider clock,
    ILogger<ProjectionLoop> logger
)
{
    public const string LeaseName = "projector";

    /// <summary>Maximum number of events per page. It bounds the memory of a fold.</summary>
    private const int EventsPerPage = 5_000;

    /// <summary>
    /// Under load, events are collected for this long: a page has a fixed cost, and a removal may take seconds, not milliseconds.
    /// </summary>
    private static readonly TimeSpan CollectDelay = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly OutageLog _outage = new("Projector", clock, logger);

    /// <summary>Receives the position after each page; null for no one.</summary>
    public LogProgress? Progress { get; init; }

    /// <summary>Events per page; a test sets it low to cross many page boundaries.</summary>
    internal int PageEvents { get; init; } = EventsPerPage;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (await leases.TryClaimAsync(LeaseName, cancellationToken) is { } lease)
                {
                    await PollJobAsync(lease, cancellationToken);
                }

                _outage.Recovered();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (LeaseLostException lost)
            {
                logger.LogWarning("Projector: lease lost; retrying: {Reason}", lost.Message);
            }
            catch (Exception failure)
            {
                // Not the wake: every commit signals it, and each signal would cause a retry.
                await Task.Delay(_outage.Failed(failure), clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            await wake.WaitAsync(Retry, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PollJobAsync(Lease lease, CancellationToken cancellationToken)
    {
        await keys.ReloadAsync(cancellationToken);
        var pages = new LivePages(table, permissions, inheritances, drains, keys, PageEvents, clock);
        var progress = await pages.OpenAsync(cancellationToken);
        if (!_outage.IsOut)
        {
            logger.LogInformation("Projector follows the log from position {Position} with fence {Fence}", progress.Position, lease.Fence);
        }

        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var before = progress;
                progress = await pages.FoldAsync(lease, progress, cancellationToken);
                Progress?.Fold(progress.Position.Value);
                progress = await pages.InheritAsync(lease, progress, cancellationToken);
                progress = await pages.ExpireAsync(lease, progress, cancellationToken);
                _outage.Recovered();
                if (progress.ChangedPos != before.ChangedPos)
                {
                    WakeFollowers();
                }

                await PauseAsync(lease, idle: progress == before, pages.WasFull, cancellationToken);
            }
        }
        finally
        {
            Progress?.Leave();
            await leases.ReleaseAsync(lease, CancellationToken.None);
        }
    }

    private async Task PauseAsync(Lease lease, bool idle, bool wasFull, CancellationToken cancellationToken)
    {
        if (wasFull)
        {
            return;
        }

        if (idle)
        {
            await leases.KeepAsync(lease, cancellationToken);
            await wake.WaitAsync(Poll, cancellationToken);
        }

        await Task.Delay(CollectDelay, clock, cancellationToken);
    }

    private void WakeFollowers()
    {
        foreach (var follower in followers)
        {
            follower.Signal();
        }
    }
}
