using AudienceSync.Bench.Rebuild;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Projection;
using AudienceSync.Host.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudienceSync.Bench.Project;

/// <summary>The Host's own projection loop, following a log that is already there until it has folded its last event.</summary>
internal static class OwnLoop
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    /// <summary>Seconds from the start of the loop to the commit of its last page.</summary>
    public static async Task<double> RunAsync(RebuildLog log, int events, TimeProvider clock, CancellationToken cancel)
    {
        await using var database = new WorkspaceDatabase(log.ConnectionString, RebuildLog.Workspace);
        var keys = await new AudienceKeyStore(database).OpenAsync(cancel);
        using var wake = new Wake(clock);
        var progress = new LogProgress();
        progress.Append(events);
        var loop = new ProjectionLoop(
            new MembershipStore(database),
            new PermissionStore(database),
            new InheritStore(database),
            new HoldoutStore(database),
            new DrainStore(database),
            new LeaseStore(database, "bench"),
            keys,
            wake,
            [],
            clock,
            NullLogger<ProjectionLoop>.Instance
        )
        {
            Progress = progress,
        };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var started = clock.GetTimestamp();
        var running = loop.RunAsync(stop.Token);
        while (progress.Folded != events && !running.IsCompleted)
        {
            DaemonRun.ThrowIfOver(started, clock);
            await Task.Delay(Poll, clock, cancel);
        }

        var seconds = clock.GetElapsedTime(started).TotalSeconds;
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return seconds;
    }
}
