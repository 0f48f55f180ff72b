using System.Globalization;

namespace AudienceSync.Shop.Running;

/// <summary>
/// Stops an embedded PostgreSQL that outlived its Host. The signals are those of pg_ctl (which refuses to run as root): INT is its "fast"
/// mode, QUIT its "immediate" mode; KILL is for a process that ignores both, since the run's data is discarded anyway.
/// </summary>
internal static class PostgresLeftovers
{
    private static readonly TimeSpan SignalTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <returns>The number of processes that were found running.</returns>
    public static Task<int> StopAsync(string dataFolder, TimeProvider time) => StopAsync(dataFolder, time, SignalTimeout);

    /// <param name="timeout">The time that each signal has to take effect.</param>
    internal static async Task<int> StopAsync(string dataFolder, TimeProvider time, TimeSpan timeout)
    {
        var found = 0;
        foreach (var pid in Postmasters(Path.Combine(dataFolder, "postgres")))
        {
            found++;
            foreach (var send in new Action<int>[] { UnixSignals.SendInterrupt, UnixSignals.SendQuit, UnixSignals.SendKill })
            {
                send(pid);
                if (await HasEndedAsync(pid, time, timeout))
                {
                    break;
                }
            }
        }

        return found;
    }

    private static IEnumerable<int> Postmasters(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var shallow = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = 2,
            IgnoreInaccessible = true,
        };
        return [.. Directory.EnumerateFiles(folder, "postmaster.pid", shallow).Select(LivePid).OfType<int>()];
    }

    // The pid may have been reused by another process: a postmaster has its data folder as its working directory.
    private static int? LivePid(string pidFile)
    {
        var first = File.ReadLines(pidFile).FirstOrDefault();
        if (!int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || !UnixSignals.IsRunning(pid))
        {
            return null;
        }

        var here = Path.GetDirectoryName(pidFile)!;
        return WorksIn(pid, Path.GetDirectoryName(pidFile)!) ? pid : null;
    }

    private static bool WorksIn(int pid, string folder)
    {
        if (!Directory.Exists("/proc/self"))
        {
            return true;
        }

        try
        {
            var current = new DirectoryInfo($"/proc/{pid}/cwd").ResolveLinkTarget(returnFinalTarget: true)?.FullName;
            return current is not null && (current == folder || current == Resolved(folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Resolved(string folder)
    {
        var info = new DirectoryInfo(folder);
        var parent = info.Parent is null ? folder : Path.Combine(Resolved(info.Parent.FullName), info.Name);
        return new DirectoryInfo(parent).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? parent;
    }

    private static async Task<bool> HasEndedAsync(int pid, TimeProvider time, TimeSpan timeout)
    {
        var started = time.GetTimestamp();
        while (UnixSignals.IsRunning(pid) && time.GetElapsedTime(started) < timeout)
        {
            await Task.Delay(Step, time);
        }

        return !UnixSignals.IsRunning(pid);
    }
}
