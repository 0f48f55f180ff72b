using System.Diagnostics;

namespace AudienceSync.Shop.Running;

/// <summary>A program that the shop starts, monitors and stops, and whose output goes to a file.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

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

    /// <summary>Completes when the process has ended, for any reason.</summary>
    public Task Ended { get; }

    /// <summary>True once the shop has requested its end.</summary>
    public bool IsEndExpected { get; private set; }

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts the command; the operating system appends its output to the log, so the output survives the shop.</summary>
    /// <param name="environment">Added to the shop's own environment.</param>
    public static ChildProcess Start(
        string name,
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string> environment,
        string logPath,
        TimeProvider time
    )
    {
        // The shell replaces itself with the program, so the process id is the program's own.
        string[] arguments = ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", logPath, .. command];
        var start = new ProcessStartInfo("/bin/sh", arguments) { UseShellExecute = false };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var process = Process.Start(start) ?? throw new RunException($"{name} could not be started");
        return new ChildProcess(name, logPath, process, time);
    }

    /// <summary>SIGKILL, like a crash; what the process itself started keeps running.</summary>
    public async Task CrashAsync()
    {
        IsEndExpected = true;
        _process.Kill();
        await Ended;
    }

    /// <summary>SIGTERM, and SIGKILL to the whole process tree when the process does not end in time.</summary>
    public async Task StopAsync()
    {
        IsEndExpected = true;
        if (_process.HasExited)
        {
            return;
        }

        UnixSignals.SendTerminate(_process.Id);
        if (await Task.WhenAny(Ended, Task.Delay(StopTimeout, _time)) != Ended)
        {
            _process.Kill(entireProcessTree: true);
            await Ended;
        }
    }

    /// <summary>The end of the log, for error messages.</summary>
    public string LogTail(int lines)
    {
        var tail = File.Exists(LogPath) ? string.Join('\n', File.ReadLines(LogPath).TakeLast(lines)) : string.Empty;
        return tail.Length == 0 ? "(nothing was written)" : tail;
    }

    public void Dispose() => _process.Dispose();
}
