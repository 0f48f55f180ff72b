using System.Runtime.CompilerServices;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using JasperFx.Events.Daemon;
using JasperFx.Events.Daemon.HighWater;
using Marten;

namespace AudienceSync.Host.Outcomes;

/// <summary>
/// Runs what Marten's asynchronous daemon projects in a workspace: the engagement of people, and the suppressions that follow from
/// outcomes. It runs only where a source reports outcomes.
/// <para>
/// <b>One Host at a time.</b> Wolverine assigns it to a Host as an agent, and it works while it holds the lease <c>engagement</c>.
/// <b>The fence is Marten's own:</b> a page's documents are committed together with the progress row, which is only moved from the position
/// at which the page began. A Host that was paused and resumes behind another one finds the row elsewhere, and its page is rolled back
/// whole. What the subscription appends has derived ids, so that two Hosts append one fact.
/// </para>
/// <para>
/// <b>Positions.</b> The append lock makes position order commit order, so the daemon's high-water mark is simply the last position. A gap
/// is a transaction that failed after it had drawn positions; the daemon passes it after <see cref="StaleAfter"/>.
/// </para>
/// <para>
/// <b>Load.</b> A quiet workspace is asked for its last position every <see cref="SlowPoll"/>. A report that this Host accepts wakes the
/// daemon.
/// </para>
/// <para>
/// <b>Failures.</b> A shard that fails is paused and started again by the daemon, and shown in the status meanwhile; a lost lease or an
/// outage of storage stops the daemon, and it is started again when the lease can be claimed.
/// </para>
/// </summary>
internal sealed class EngagementDaemon(
    WorkspaceDatabase database,
    LeaseStore leases,
    OutcomeSuppression suppression,
    Wake wake,
    DaemonHealth health,
    TimeProvider clock,
    ILogger<EngagementDaemon> logger
) : LeasedLoop(DaemonHealth.LeaseName, "Engagement", leases, wake: null, clock, logger), IAsyncDisposable
{
    // One for all claims: opening it reads the types of the workspace.
    private readonly Lazy<DocumentStore> _store = new(() => Open(database, suppression, wake, clock));

    /// <summary>How often a quiet workspace is asked whether something was appended.</summary>
    public static readonly TimeSpan SlowPoll = TimeSpan.FromSeconds(5);

    /// <summary>When the daemon passes a gap in the positions.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan FastPoll = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Check = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override TimeSpan Idle => Check;

    /// <inheritdoc/>
    protected override TimeSpan Retry => Check;

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<TurnPause> WorkAsync(
        Lease lease,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var daemon = await _store.Value.BuildProjectionDaemonAsync(logger: Logger);
        await daemon.StartAllAsync();
        try
        {
            while (true)
            {
                yield return TurnPause.For(Check);
                await Leases.KeepAsync(lease, cancellationToken);
                Observe(daemon);
            }
        }
        finally
        {
            health.IsPaused = false;
            await daemon.StopAllAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_store.IsValueCreated)
        {
            await _store.Value.DisposeAsync();
        }
    }

    // The daemon starts a paused shard again by itself, and has logged the reason.
    private void Observe(IProjectionDaemon daemon)
    {
        var isPaused = daemon.HasAnyPaused();
        if (isPaused && !health.IsPaused)
        {
            Logger.LogError("A projection of the daemon is paused because it failed; it is started again until it succeeds");
        }

        health.IsPaused = isPaused;
    }

    private static DocumentStore Open(WorkspaceDatabase database, OutcomeSuppression suppression, Wake wake, TimeProvider clock) =>
        database.OpenBeside(
            clock,
            options =>
            {
                var daemon = options.Projections;
                daemon.SlowPollingTime = SlowPoll;
                daemon.FastPollingTime = FastPoll;
                daemon.StaleSequenceThreshold = StaleAfter;
                daemon.Wakeup = new ReportWakeup(wake);
                daemon.Subscribe(
                    suppression,
                    subscription =>
                    {
                        subscription.Name = OutcomeSuppression.SubscriptionName;
                        subscription.IncludeType<Domain.Events.MessageOutcomeRecorded>();
                    }
                );
            }
        );

    private sealed class ReportWakeup(Wake wake) : IDaemonWakeup
    {
        public Task WaitAsync(TimeSpan timeout, CancellationToken token) => wake.WaitAsync(timeout, token);

        // The wake belongs to the workspace.
        public void Dispose() { }
    }
}
