using System.Runtime.CompilerServices;
using AudienceSync.Domain.Events;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Projection;

/// <summary>
/// Keeps membership up to date with the log: under the projector's lease, reads events after the cursor page by page, folds them, and
/// writes rows and cursor in one transaction. Between pages it expires rows whose window has passed, and lets
/// experiments start and end.
/// <para>
/// <b>States.</b> Those of <see cref="LeasedLoop"/>; a page is a turn. <b>Failures.</b> After a lost lease or a broken connection nothing
/// of the page was written, because rows and cursor are one transaction, so the next owner reads the same page again. A page whose fold
/// throws is a bug and would throw again: the loop logs it once per outage and retries with increasing delays. The cursor does not move,
/// which the status shows as lag. It never skips a page.
/// </para>
/// </summary>
public sealed class ProjectionLoop(
    MembershipStore table,
    PermissionStore permissions,
    InheritStore inheritances,
    HoldoutStore holdouts,
    DrainStore drains,
    LeaseStore leases,
    AudienceKeys keys,
    Wake wake,
    IReadOnlyList<Wake> followers,
    TimeProvider clock,
    ILogger<ProjectionLoop> logger
) : LeasedLoop(LeaseName, "Projector", leases, wake, clock, logger)
{
    public const string LeaseName = "projector";

    /// <summary>Maximum number of events per page. It bounds the memory of a fold.</summary>
    private const int EventsPerPage = 5_000;

    /// <summary>
    /// Under load, events are collected for this long: a page has a fixed cost, and a removal may take seconds, not milliseconds.
    /// </summary>
    private static readonly TimeSpan CollectDelay = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    /// <summary>Receives the position after each page; null for no one.</summary>
    public LogProgress? Progress { get; init; }

    /// <summary>Events per page; a test sets it low to cross many page boundaries.</summary>
    internal int PageEvents { get; init; } = EventsPerPage;

    protected override TimeSpan Idle => Poll;

    protected override TimeSpan Retry => TimeSpan.FromSeconds(1);

    protected override async IAsyncEnumerable<TurnPause> WorkAsync(
        Lease lease,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await keys.ReloadAsync(cancellationToken);
        var pages = new LivePages(table, permissions, inheritances, holdouts, drains, keys, PageEvents, Clock);
        var progress = await pages.OpenAsync(cancellationToken);
        if (!IsOut)
        {
            Logger.LogInformation("Projector follows the log from position {Position} with fence {Fence}", progress.Position, lease.Fence);
        }

        try
        {
            while (true)
            {
                var before = progress;
                progress = await pages.FoldAsync(lease, progress, cancellationToken);
                Progress?.Fold(progress.Position.Value);
                progress = await pages.InheritAsync(lease, progress, cancellationToken);
                progress = await pages.AssignAsync(lease, progress, cancellationToken);
                progress = await pages.ExpireAsync(lease, progress, cancellationToken);
                if (progress.ChangedPos != before.ChangedPos)
                {
                    WakeFollowers();
                }

                if (progress == before && !pages.WasFull)
                {
                    // Nothing was written, so nothing has proved the lease.
                    await Leases.KeepAsync(lease, cancellationToken);
                    yield return TurnPause.UntilWoken(Poll);
                }

                yield return pages.WasFull ? TurnPause.None : TurnPause.For(CollectDelay);
            }
        }
        finally
        {
            Progress?.Leave();
        }
    }

    private void WakeFollowers()
    {
        foreach (var follower in followers)
        {
            follower.Signal();
        }
    }
}
