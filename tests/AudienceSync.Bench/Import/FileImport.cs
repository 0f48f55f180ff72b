using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AudienceSync.Bench.Ingest;
using AudienceSync.Bench.Processes;

namespace AudienceSync.Bench.Import;

/// <summary>The result of <c>events import</c>, as it printed it.</summary>
/// <param name="Accepted">Events that were not in the log before.</param>
/// <param name="Seconds">From the opening of the file to the last answer.</param>
internal sealed record FileFigures(long Accepted, double Seconds)
{
    public double PerSecond => Accepted / Seconds;
}

/// <summary>Runs <c>events import</c> as an operator does: a process of its own, with the configuration of the Host.</summary>
internal static class FileImport
{
    public static async Task<FileFigures> RunAsync(
        RepositoryRoot root,
        SystemUnderTest system,
        string file,
        long events,
        int inFlight,
        CancellationToken cancel
    )
    {
        string[] arguments =
        [
            root.Program("AudienceSync.Host"),
            "events",
            "import",
            file,
            "--source",
            "journeys",
            "--in-flight",
            inFlight.ToString(CultureInfo.InvariantCulture),
            "--json",
        ];
        var start = new ProcessStartInfo(ChildProcess.Dotnet, arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach ((string key, string value) in system.Setup.HostEnvironment($"http://{system.HostAddress}"))
        {
            start.Environment[key] = value;
        }

        using Process process = Process.Start(start) ?? throw new BenchFailedException("The import could not be started.");
        string output = await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return process.ExitCode == 0
            ? Read(output, events)
            : throw new BenchFailedException($"The import ended with exit code {process.ExitCode}; its error is above.");
    }

    /// <summary>The figures of a summary that accounts for all events.</summary>
    /// <exception cref="BenchFailedException">An event was not accepted.</exception>
    internal static FileFigures Read(string summary, long events)
    {
        JsonElement json = JsonSerializer.Deserialize<JsonElement>(summary);
        var figures = new FileFigures(json.GetProperty("accepted").GetInt64(), json.GetProperty("seconds").GetDouble());
        return figures.Accepted == events && json.GetProperty("finished").GetBoolean()
            ? figures
            : throw new BenchFailedException($"The import accepted {figures.Accepted} of {events} events: {summary}");
    }
}
