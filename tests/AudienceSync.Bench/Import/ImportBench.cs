using System.Globalization;
using AudienceSync.Bench.Ingest;
using AudienceSync.Bench.Load;
using AudienceSync.Bench.Postgres;
using AudienceSync.Bench.Processes;
using AudienceSync.Bench.Reporting;

namespace AudienceSync.Bench.Import;

/// <summary>
/// Loads a Host through its batch endpoint, with everything enabled, beside single webhooks to the same Host and beside COPY of the same
/// rows in the same cluster.
/// </summary>
internal sealed class ImportBench(ImportOptions options, TimeProvider clock) : IDisposable
{
    private const int WarmUpSeconds = 3;
    private const int IngestConnections = 64;
    private const int MaxInFlight = 32;

    // More people than the single webhooks can name before.
    private const int FirstPerson = 4_000_000;

    // And more than the batches can name.
    private const int FirstPersonOfFile = 6_000_000;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };

    public void Dispose() => _http.Dispose();

    public async Task<BenchReport> RunAsync(CancellationToken cancel)
    {
        RepositoryRoot root = RepositoryRoot.Find();
        using var folder = new RunFolder(root);
        Report("starting Sandbox, Host and PostgreSQL");
        await using SystemUnderTest system = await SystemUnderTest.StartAsync(root, folder, _http, clock, cancel);
        await system.Cluster.DemandFsyncAsync(cancel);

        Report($"single webhooks: {WarmUpSeconds} s to warm up, {options.IngestSeconds} s measured");
        LoadOutcome ingest = await LoadProcess.RunAsync(
            Plan(system, "i", IngestConnections, options.IngestSeconds),
            () => { },
            () => { },
            cancel
        );
        await DrainAsync(system, cancel);

        var copy = new CopyProbe(system.Cluster, folder);
        LogMark mark = await copy.MarkAsync(cancel);
        long before = await system.Cluster.CountEventsAsync(cancel);
        Report($"batches of {options.EventsPerRequest}: {WarmUpSeconds} s to warm up, {options.Seconds} s measured");
        using var memory = new RssSampler(system.HostPid, clock);
        LoadPlan batches = Plan(system, "b", options.Connections, options.Seconds) with
        {
            EventsPerRequest = options.EventsPerRequest,
            FirstPerson = FirstPerson,
        };
        LoadOutcome import = await LoadProcess.RunAsync(batches, () => { }, () => { }, cancel);
        await memory.StopAsync();
        long logged = await system.Cluster.CountEventsAsync(cancel) - before;
        Drain drain = await DrainAsync(system, cancel);
        FileFigures file = await ImportFileAsync(root, folder, system, cancel);
        await DrainAsync(system, cancel);

        Report("COPY of the same rows");
        CopyFigures copied = await copy.MeasureAsync(mark, cancel);
        LogSize size = await LogSize.MeasureAsync(system.Cluster, cancel);
        var result = new ImportResult(ingest, import, file, copied, size, drain, logged, ProcFs.PeakRssMb(system.HostPid), system.ReadyMs);
        return ImportReport.Of(result, options);
    }

    private async Task<FileFigures> ImportFileAsync(RepositoryRoot root, RunFolder folder, SystemUnderTest system, CancellationToken cancel)
    {
        LoadPlan plan = Plan(system, "f", connections: 1, options.Seconds) with
        {
            EventsPerRequest = options.EventsPerRequest,
            FirstPerson = FirstPersonOfFile,
        };
        string path = folder.File("events.ndjson");
        long events = EventFile.Write(path, plan, Math.Max(1, options.FileEvents / options.EventsPerRequest), clock);
        Report($"events import of {events} events");
        return await FileImport.RunAsync(root, system, path, events, Math.Min(options.Connections, MaxInFlight), cancel);
    }

    private LoadPlan Plan(SystemUnderTest system, string part, int connections, int seconds)
    {
        string run = clock.GetUtcNow().ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture) + part;
        return new LoadPlan(
            system.HostAddress,
            system.Setup.SourceToken,
            system.Setup.SigningKey,
            run,
            connections,
            options.NewPeople,
            seconds,
            WarmUpSeconds,
            options.Seed
        );
    }

    private Task<Drain> DrainAsync(SystemUnderTest system, CancellationToken cancel)
    {
        Report("waiting for projector and sync");
        return Drain.WaitAsync(_http, system.HostAddress, system.Setup.OperatorToken, clock, cancel);
    }

    private static void Report(string message) => Console.Error.WriteLine($"bench: {message}");
}

/// <param name="EventsPerRequest">The size of a batch.</param>
/// <param name="FileEvents">Events of the file that <c>events import</c> gets.</param>
internal sealed record ImportOptions(
    int Seconds,
    int Connections,
    int EventsPerRequest,
    int IngestSeconds,
    int NewPeople,
    int Seed,
    int FileEvents
);

/// <summary>Everything measured in one run.</summary>
/// <param name="Logged">The events that the batches added to the log.</param>
internal sealed record ImportResult(
    LoadOutcome Ingest,
    LoadOutcome Import,
    FileFigures File,
    CopyFigures Copy,
    LogSize Size,
    Drain Drain,
    long Logged,
    double PeakRssMb,
    double ReadyMs
);
