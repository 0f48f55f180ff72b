using System.Runtime.InteropServices;

namespace AudienceSync.Shop.Running;

/// <summary>Signals that .NET has no API for.</summary>
internal static class UnixSignals
{
    private const int Interrupt = 2;
    private const int Quit = 3;
    private const int Kill9 = 9;
    private const int Terminate = 15;

    public static void SendTerminate(int pid) => _ = Kill(pid, Terminate);

    /// <summary>To a postmaster: stop now, roll back open transactions.</summary>
    public static void SendInterrupt(int pid) => _ = Kill(pid, Interrupt);

    /// <summary>To a postmaster: stop immediately.</summary>
    public static void SendQuit(int pid) => _ = Kill(pid, Quit);

    /// <summary>To a process that ignores the others.</summary>
    public static void SendKill(int pid) => _ = Kill(pid, Kill9);

    /// <summary>Also false for a process that has ended and was not yet reaped by its parent.</summary>
    public static bool IsRunning(int pid) => Kill(pid, 0) == 0 && !IsZombie(pid);

    private static bool IsZombie(int pid)
    {
        try
        {
            return Directory.Exists("/proc/self") && File.ReadAllText($"/proc/{pid}/cmdline").Length == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
