using System.Diagnostics;
using System.Text.Json;
using AudienceSync.Bench.Processes;

namespace AudienceSync.Bench.Load;

/// <summary>Runs the load generator as a child and calls back when the measured window opens and closes.</summary>
internal static class LoadProcess
{
    public static async Task<LoadOutcome> RunAsync(LoadPlan plan, Action onMeasuring, Action onMeasured, CancellationToken cancel)
    {
        using Process process = Process.Start(StartInfo()) ?? throw new BenchFailedException("The load generator could not be started.");
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(plan).AsMemory(), cancel);
            process.StandardInput.Close();
            string? last = null;
            while (await process.StandardOutput.ReadLineAsync(cancel) is { } line)
            {
                last = line;
                (
                    line switch
                    {
                        "measuring" => onMeasuring,
                        "measured" => onMeasured,
                        _ => () => { },
                    }
                )();
            }

            await process.WaitForExitAsync(cancel);
            return process.ExitCode == 0 && last is not null
                ? JsonSerializer.Deserialize<LoadOutcome>(last)!
                : throw new BenchFailedException("The load generator failed; its error is above.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static ProcessStartInfo StartInfo()
    {
        var start = new ProcessStartInfo(ChildProcess.Dotnet, [typeof(LoadProcess).Assembly.Location, "load"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // One polling thread that runs the continuations itself: a fifth less processor time per request than with the thread pool.
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = "1";
        return start;
    }
}
