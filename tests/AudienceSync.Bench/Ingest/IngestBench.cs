using System.Globalization;
using AudienceSync.Bench.Load;
using AudienceSync.Bench.Postgres;
using AudienceSync.Bench.Processes;
using AudienceSync.Bench.Reporting;
using AudienceSync.Bench.SignatureOnly;
using AudienceSync.Bench.Stock;

namespace AudienceSync.Bench.Ingest;

/// <summary>
/// Loads a Host with signed single-event webhooks, with everything enabled: signature, deduplication, identity, encryption, raw bodies,
/// projector and sync. Then checks in the log itself whether everything that was accepted is there.
/// </summary>
internal sealed class IngestBench(IngestOptions options, TimeProvider clock) : IDisposable
{
    private const int WarmUpSeconds = 5;
    private const int PgBenchSeconds = 10;
    private const int SignatureSeconds = 5;
    private const int MostStockSeconds = 30;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };

    public void Dispose() => _http.Dispose();

    public async Task<BenchReport> RunAsync(CancellationToken cancel) =>
        IngestReport.Of(options.Connections, options.HostUrl is { } url ? await LoadOtherAsync(url, cancel) : await LoadOwnAsync(cancel));

    private async Task<IngestResult> LoadOtherAsync(Uri url, CancellationToken cancel)
    {
        string token = (await File.ReadAllTextAsync(options.TokenFile!.FullName, cancel)).Trim();
        string key = (await File.ReadAllTextAsync(options.KeyFile!.FullName, cancel)).Trim();
        string address = url.Host == "localhost" ? $"127.0.0.1:{url.Port}" : url.Authority;
        Report($"loading {url} for {options.Seconds} s");
        LoadOutcome load = await LoadProcess.RunAsync(Plan(address, token, key), () => { }, () => { }, cancel);
        return new IngestResult(load, options.Seed, null, null, null, null, null, [], []);
    }

    private async Task<IngestResult> LoadOwnAsync(CancellationToken cancel)
    {
        RepositoryRoot root = RepositoryRoot.Find();
        using var folder = new RunFolder(root);
        Report("starting Sandbox, Host and PostgreSQL");
        await using SystemUnderTest system = await SystemUnderTest.StartAsync(root, folder, _http, clock, cancel);
        await system.Cluster.DemandFsyncAsync(cancel);
        LoadPlan plan = Plan(system.HostAddress, system.Setup.SourceToken, system.Setup.SigningKey);
        var yardsticks = new Yardsticks(new PgBench(system.Cluster, folder), new SignatureProbe(_http, folder, clock), plan, system.Setup);

        await yardsticks.MeasureAsync(cancel);
        IngestResult run = await LoadAsync(system, plan, cancel);
        LogSize size = await LogSize.MeasureAsync(system.Cluster, cancel);
        await yardsticks.MeasureAsync(cancel);
        int seconds = Math.Min(options.Seconds, MostStockSeconds);
        Report($"the stock endpoint, {seconds} s");
        StockFigures stock = await new StockProbe(_http, system.Cluster, folder, clock).MeasureAsync(plan, seconds, cancel);
        return run with
        {
            PgBench = yardsticks.PgBench,
            Signature = yardsticks.Signature,
            Stock = stock,
            Size = size,
            ReadyMs = system.ReadyMs,
        };
    }

    private async Task<IngestResult> LoadAsync(SystemUnderTest system, LoadPlan plan, CancellationToken cancel)
    {
        Report($"load: {WarmUpSeconds} s to warm up, {plan.Seconds} s measured");
        (CpuSeconds Cpu, DateTimeOffset At)? before = null;
        (CpuSeconds Cpu, DateTimeOffset At)? after = null;
        using var memory = new RssSampler(system.HostPid, clock);
        LoadOutcome load = await LoadProcess.RunAsync(
            plan,
            () => before = (system.Cpu(), clock.GetUtcNow()),
            () => after = (system.Cpu(), clock.GetUtcNow()),
            cancel
        );
        double sampled = await memory.StopAsync();
        Report("waiting for projector and sync");
        Drain drain = await Drain.WaitAsync(_http, system.HostAddress, system.Setup.OperatorToken, clock, cancel);
        long logged = await system.Cluster.CountEventsAsync(cancel);
        double newPeople = await system.Cluster.NewPeopleShareAsync(before!.Value.At, after!.Value.At, cancel);
        double peak = Math.Max(sampled, ProcFs.PeakRssMb(system.HostPid));
        return new IngestResult(load, options.Seed, logged, peak, sampled, after.Value.Cpu - before.Value.Cpu, drain, [], [])
        {
            NewPeople = newPeople,
        };
    }

    private LoadPlan Plan(string address, string token, string key)
    {
        string run = clock.GetUtcNow().ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture);
        return new LoadPlan(address, token, key, run, options.Connections, options.NewPeople, options.Seconds, WarmUpSeconds, options.Seed);
    }

    private static void Report(string message) => Console.Error.WriteLine($"bench: {message}");

    /// <summary>The two figures that are measured before and after the load, on the same machine and cluster.</summary>
    private sealed class Yardsticks(PgBench pgBench, SignatureProbe signature, LoadPlan plan, HostSetup setup)
    {
        public List<double?> PgBench { get; } = [];

        public List<SignatureFigures> Signature { get; } = [];

        public async Task MeasureAsync(CancellationToken cancel)
        {
            Report($"pgbench, {PgBenchSeconds} s, then the signature alone, {SignatureSeconds} s");
            PgBench.Add(await pgBench.InsertsPerSecondAsync(PgBenchSeconds, cancel));
            Signature.Add(await signature.MeasureAsync(plan, setup.SigningKeyFile, SignatureSeconds, cancel));
        }
    }
}
