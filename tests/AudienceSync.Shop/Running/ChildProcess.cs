using System.Diagnostics;

namespace AudienceSync.Shop.Running;

/// <summary>A program that we start, watch and stop, and whose output goes to a file.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly TimeProvider _time;

    private ChildProcess(string name, string logPath, Process process, TimeProvider time)
    {
        Name = name;
        LogPath = logPath;
        _process = process;
        _time = time;
        Ended = process.WaitForExitAsync();
    }

    public string Name { get; }

    public string LogPath { get; }

    public int Id => _process.Id;

    /// <summary>Done when the process has ended, for whatever reason.</summary>
    public Task Ended { get; }

    /// <summary>True once we have asked it to end.</summary>
    public bool IsEndExpected { get; private set; }

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts the command; its output is appended to the log by the operating system, so it survives us.</summary>
    /// <param name="environment">Added to ours.</param>
    public static ChildProcess Start(
        string name, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string logPath, TimeProvider time)
    {
        // The shell replaces itself by the program: the process id is the program's own.
        string[] arguments = ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", logPath, .. command];
        var start = new ProcessStartInfo("/bin/sh", arguments) { UseShellExecute = false };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var process = Process.Start(start) ?? throw new RunProblem($"{name} could not be started");
        return new ChildProcess(name, logPath, process, time);
    }

    /// <summary>SIGKILL, as a crash would do it; what the process itself started stays.</summary>
    public async Task CrashAsync()
    {
        IsEndExpected = true;
        _process.Kill();
        await Ended;
    }

    /// <summary>SIGTERM, and SIGKILL to the whole family when that does not help.</summary>
    public async Task StopAsync()
    {
        IsEndExpected = true;
        if (_process.HasExited)
        {
            return;
        }

        UnixSignals.SendTerminate(_process.Id);
        if (await Task.WhenAny(Ended, Task.Delay(StopPatience, _time)) != Ended)
        {
            _process.Kill(entireProcessTree: true);
            await Ended;
        }
    }

    /// <summary>The end of the log, for a person who asks why.</summary>
    public string LogTail(int lines)
    {
        var tail = File.Exists(LogPath) ? string.Join('\n', File.ReadLines(LogPath).TakeLast(lines)) : string.Empty;
        return tail.Length == 0 ? "(nothing was written)" : tail;
    }

    public void Dispose() => _process.Dispose();
}
