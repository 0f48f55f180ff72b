namespace AudienceSync.Host.EventStore.Embedded;

/// <summary>The contents of <c>postmaster.pid</c>, which a running server writes.</summary>
internal sealed record PidFile(int Pid, string SocketFolder, string Status)
{
    // Lines of the file, counted from 0: see miscadmin.h of PostgreSQL, LOCK_FILE_LINE_*.
    private const int SocketLine = 4;
    private const int StatusLine = 7;

    public bool IsReady => Status == "ready";

    /// <summary>Null when there is none, or when the process that it names is gone or is not the server of this cluster.</summary>
    public static PidFile? OfLivingServer(ClusterFolder folder)
    {
        var text = Read(folder.PidFile);
        var lines = text?.Split('\n') ?? [];
        return lines.Length > 0 && int.TryParse(lines[0], out var pid) && IsServer(pid, text!)
            ? new PidFile(pid, lines.ElementAtOrDefault(SocketLine) ?? "", (lines.ElementAtOrDefault(StatusLine) ?? "").Trim())
            : null;
    }

    /// <summary>
    /// Process ids are reused, in containers immediately. A server's working folder is its data folder, so the process is ours exactly when
    /// the file there is the file that we read. Without /proc, the result of pg_ctl is trusted.
    /// </summary>
    private static bool IsServer(int pid, string text) =>
        !Directory.Exists("/proc/self/cwd") || (Directory.Exists($"/proc/{pid}") && Read($"/proc/{pid}/cwd/postmaster.pid") == text);

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
