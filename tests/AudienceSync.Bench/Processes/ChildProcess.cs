using System.Diagnostics;
using System.Globalization;

namespace AudienceSync.Bench.Processes;

/// <summary>
/// A .NET program run as a child; its output goes to a file. Disposing requests a stop, and kills the process if it does not stop.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ReadyPause = TimeSpan.FromMilliseconds(100);
    private readonly Process _process;
    private readonly string _name;
    private readonly string _log;
    private bool _reported;

    private ChildProcess(Process process, string name, string log)
    {
        _process = process;
        _name = name;
        _log = log;
    }

    public int Pid => _process.Id;

    /// <param name="environment">Added to our own environment; the place for what must not be in argv.</param>
    /// <param name="logFolder">The folder for the file "name.log".</param>
    public static ChildProcess Start(string name, string dll, string[] arguments, Dictionary<string, string> environment, string logFolder)
    {
        string log = Path.Combine(logFolder, $"{name}.log");
        // The shell only redirects and is then replaced, so the process id is the program's and no pipe costs time.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardInput = true };
        Array.ForEach(["-c", "exec \"$@\" >\"$BENCH_LOG\" 2>&1", "sh", Dotnet, dll, .. arguments], start.ArgumentList.Add);
        start.Environment["BENCH_LOG"] = log;
        foreach ((string key, string value) in environment)
        {
            start.Environment[key] = value;
        }

        Process process = Process.Start(start) ?? throw new BenchFailedException($"{name} could not be started.");
        return new ChildProcess(process, name, log);
    }

    /// <summary>The dotnet that runs this process, otherwise the one on PATH.</summary>
    public static string Dotnet =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";

    /// <summary>Waits until the address returns 2xx.</summary>
    /// <exception cref="BenchFailedException">The program ended, or 90 s passed; with the end of its output.</exception>
    public async Task WaitUntilReadyAsync(HttpClient http, Uri address, TimeProvider clock, CancellationToken cancel)
    {
        long started = clock.GetTimestamp();
        while (!await AnswersAsync(http, address, cancel))
        {
            if (_process.HasExited || clock.GetElapsedTime(started) > ReadyLimit)
            {
                _reported = true;
                string reason = _process.HasExited ? $"ended with exit code {_process.ExitCode}" : "was not ready in 90 s";
                throw new BenchFailedException($"{_name} {reason}. The end of its log:\n{LogEnd()}");
            }

            await Task.Delay(ReadyPause, clock, cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using Process? kill = Process.Start("kill", ["-TERM", Pid.ToString(CultureInfo.InvariantCulture)]);
            using var limit = new CancellationTokenSource(StopLimit, TimeProvider.System);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine($"{_name} did not stop in {StopLimit.TotalSeconds:F0} s and was killed.");
                _process.Kill(entireProcessTree: true);
            }
        }
        else if (_process.ExitCode != 0 && !_reported)
        {
            // Its log is deleted with the folder, and is the only evidence.
            await Console.Error.WriteLineAsync(
                $"{_name} ended unexpectedly with exit code {_process.ExitCode}. The end of its log:\n{LogEnd()}"
            );
        }

        _process.Dispose();
    }

    private string LogEnd() => string.Join('\n', File.Exists(_log) ? File.ReadLines(_log).TakeLast(20) : []);

    private static async Task<bool> AnswersAsync(HttpClient http, Uri address, CancellationToken cancel)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(address, cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
