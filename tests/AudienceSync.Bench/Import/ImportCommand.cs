using System.CommandLine;
using AudienceSync.Domain;

namespace AudienceSync.Bench.Import;

/// <summary><c>./bench import</c>: batches of webhooks through HTTP into the log, compared with COPY into the same tables.</summary>
internal static class ImportCommand
{
    private static readonly Option<int> Seconds = NumberOption.Of("--seconds", "Length of the measured window", 30, 3600);
    private static readonly Option<int> Connections = NumberOption.Of("--connections", "Keep-alive connections in a closed loop", 8, 64);
    private static readonly Option<int> Events = NumberOption.Of(
        "--events-per-request",
        "Events in a batch",
        Limits.EventsPerRequest,
        Limits.EventsPerRequest
    );
    private static readonly Option<int> IngestSeconds = NumberOption.Of(
        "--ingest-seconds",
        "Length of the window of single webhooks",
        15,
        3600
    );
    private static readonly Option<int> NewPeople = NumberOption.Of(
        "--new-people",
        "Of a hundred events, how many are about a new person",
        18,
        100
    );
    private static readonly Option<int> FileEvents = NumberOption.Of(
        "--file-events",
        "Events of the file for events import",
        300_000,
        10_000_000
    );
    private static readonly Option<int> Seed = NumberOption.Of("--seed", "Seed of the random events", 20_261, int.MaxValue);

    public static Command Build()
    {
        var command = new Command("import", "Events per second through the batch endpoint, compared with COPY and with single webhooks")
        {
            Seconds,
            Connections,
            Events,
            IngestSeconds,
            NewPeople,
            Seed,
            FileEvents,
        };
        command.SetAction((parsed, cancel) => BenchRun.RunAsync(() => RunAsync(Read(parsed), cancel), cancel));
        return command;
    }

    private static async Task<int> RunAsync(ImportOptions options, CancellationToken cancel)
    {
        using var bench = new ImportBench(options, TimeProvider.System);
        return (await bench.RunAsync(cancel)).Print();
    }

    private static ImportOptions Read(ParseResult parsed) =>
        new(
            parsed.GetValue(Seconds),
            parsed.GetValue(Connections),
            parsed.GetValue(Events),
            parsed.GetValue(IngestSeconds),
            parsed.GetValue(NewPeople),
            parsed.GetValue(Seed),
            parsed.GetValue(FileEvents)
        );
}
