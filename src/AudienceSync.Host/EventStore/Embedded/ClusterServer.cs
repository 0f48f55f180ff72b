using System.Globalization;

namespace AudienceSync.Host.EventStore.Embedded;

/// <summary>The server process of a cluster, controlled through pg_ctl. Callers hold the start lock.</summary>
internal sealed class ClusterServer(ClusterFolder folder, PostgresBinaries binaries, ServerUser user, TimeProvider time)
{
    private const int LogTailLines = 15;

    // pg_ctl ends by itself at its own time limit; this is for one that hangs.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan OrphansTimeout = TimeSpan.FromSeconds(15);

    /// <summary>
    /// A server that already runs, after a wait while it starts or stops; null when none runs. A stale pid file (power loss) counts as
    /// none.
    /// </summary>
    public async Task<PidFile?> FindRunningAsync(TimeSpan timeout, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var status = await PgCtlAsync(["status"], TimeSpan.Zero, cancel);
            var running = status.Succeeded ? PidFile.OfLivingServer(folder) : null;
            if (running is null or { IsReady: true })
            {
                return running;
            }

            if (time.GetElapsedTime(began) >= timeout)
            {
                throw StartFailed(
                    $"is still {running.Status} after {timeout.TotalSeconds:0} s; after a crash it replays its log: "
                        + "start again, nothing is lost"
                );
            }

            await Task.Delay(Pause, time, cancel);
        }
    }

    public async Task StartAsync(TimeSpan timeLimit, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            File.Delete(folder.StartLog);
            var result = await PgCtlAsync(["start", "-w", "-t", Seconds(timeLimit), "-l", folder.StartLog], timeLimit, cancel);
            if (result.Succeeded)
            {
                return;
            }

            // A killed server's children need a moment to exit; until then the new server refuses to start, correctly.
            var orphans = LogTail().Contains("pre-existing shared memory block", StringComparison.Ordinal);
            if (!orphans || time.GetElapsedTime(began) >= OrphansTimeout)
            {
                throw StartFailed("could not be started: correct the cause given in its log");
            }

            await Task.Delay(Pause, time, cancel);
        }
    }

    public async Task StopAsync(TimeSpan timeLimit, CancellationToken cancel)
    {
        foreach (var mode in new[] { "fast", "immediate" })
        {
            if (PidFile.OfLivingServer(folder) is null)
            {
                return;
            }

            var result = await PgCtlAsync(["stop", "-w", "-m", mode, "-t", Seconds(timeLimit)], timeLimit, cancel);
            if (result.Succeeded)
            {
                return;
            }
        }

        if (PidFile.OfLivingServer(folder) is { } left)
        {
            throw new EmbeddedPostgresException(
                EmbeddedPostgresException.PostgresStopFailed,
                $"PostgreSQL (process {left.Pid}) in {folder.Path} did not stop within {2 * timeLimit.TotalSeconds:0} s: check "
                    + $"its log in {folder.ServerLogs}\n{LogTail()}"
            );
        }
    }

    /// <summary>Whether the build has lz4. Queried from the server itself: pg_config is often not installed.</summary>
    public async Task<bool> HasLz4Async(CancellationToken cancel)
    {
        var call = new ToolCall(binaries.Postgres, "-C", "wal_compression", "-c", "wal_compression=lz4", "-D", folder.Cluster);
        return (await ToolRun.RunAsync(call with { User = user.Name }, time, cancel)).Succeeded;
    }

    private Task<ToolResult> PgCtlAsync(string[] arguments, TimeSpan timeLimit, CancellationToken cancel)
    {
        var call = new ToolCall(binaries.PgCtl, [.. arguments, "-D", folder.Cluster]);
        return ToolRun.RunAsync(call with { User = user.Name, TimeLimit = timeLimit + Margin }, time, cancel);
    }

    private EmbeddedPostgresException StartFailed(string what) =>
        new(EmbeddedPostgresException.PostgresStartFailed, $"PostgreSQL {binaries.Version} in {folder.Path} {what}\n{LogTail()}");

    /// <summary>The output before its log collector ran, and the end of what the collector wrote.</summary>
    private string LogTail()
    {
        var logs = Directory.Exists(folder.ServerLogs)
            ? Directory.EnumerateFiles(folder.ServerLogs, "*.log").OrderByDescending(File.GetLastWriteTimeUtc).Take(1)
            : [];
        var lines = logs.Prepend(folder.StartLog).Where(File.Exists).SelectMany(file => File.ReadLines(file).TakeLast(LogTailLines));
        return string.Join('\n', lines);
    }

    private static string Seconds(TimeSpan span) => Math.Ceiling(span.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
