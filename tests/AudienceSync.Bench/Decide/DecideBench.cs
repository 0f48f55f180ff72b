using System.Globalization;
using System.Text;
using AudienceSync.Bench.Ingest;
using AudienceSync.Bench.Load;
using AudienceSync.Bench.Postgres;
using AudienceSync.Bench.Processes;
using AudienceSync.Bench.Reporting;

namespace AudienceSync.Bench.Decide;

/// <summary>
/// Loads members, then asks for decisions in an open loop while webhooks come in at a fixed rate, projector and sync included. Beside it,
/// at the same rate and beside the same webhooks: <c>/health/ready</c>, which is <c>select 1</c> through HTTP.
/// </summary>
internal sealed class DecideBench(DecideOptions options, TimeProvider clock) : IDisposable
{
    private const double GoalMs = 20;
    private const int WarmUpSeconds = 5;
    private const int LoadConnections = 8;
    private const int EventsPerRequest = 500;
    private const int MostSelectSeconds = 20;

    // The writers of webhooks of the open loop: people from here on.
    private const int FirstNewPerson = 5_000_000;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };

    public void Dispose() => _http.Dispose();

    public async Task<BenchReport> RunAsync(CancellationToken cancel)
    {
        RepositoryRoot root = RepositoryRoot.Find();
        using var folder = new RunFolder(root);
        Report("starting Sandbox, Host and PostgreSQL");
        await using SystemUnderTest system = await SystemUnderTest.StartAsync(root, folder, _http, clock, cancel);
        await system.Cluster.DemandFsyncAsync(cancel);
        Report($"loading members for {options.LoadSeconds} s");
        LoadOutcome loaded = await LoadProcess.RunAsync(LoadPlan(system), () => { }, () => { }, cancel);
        await Drain.WaitAsync(_http, system.HostAddress, system.Setup.OperatorToken, clock, cancel);

        // Each connection has its own people in turn; a slow one may have fewer.
        int people = (int)Math.Max(1, loaded.Accepted * 8 / 10);
        Report($"warming up, {WarmUpSeconds} s");
        await DecideAsync(system, people, WarmUpSeconds, run: 0, cancel);
        int selectSeconds = Math.Min(options.Seconds, MostSelectSeconds);
        Report($"select 1 through HTTP, {selectSeconds} s");
        (OpenLoopResult select, _) = await BesideIngestAsync(
            system,
            selectSeconds,
            run: 1,
            loop => loop.RunAsync(selectSeconds, _ => Ready(system.HostAddress), cancel),
            cancel
        );
        Report($"decisions, {options.Seconds} s");
        (OpenLoopResult decided, OpenLoopResult ingested) = await BesideIngestAsync(
            system,
            options.Seconds,
            run: 2,
            loop => loop.RunAsync(options.Seconds, number => Writer(system, people, number).Next, cancel),
            cancel
        );
        await Drain.WaitAsync(_http, system.HostAddress, system.Setup.OperatorToken, clock, cancel);
        return await ReportAsync(system, (loaded, select, decided, ingested), cancel);
    }

    private async Task<BenchReport> ReportAsync(
        SystemUnderTest system,
        (LoadOutcome Loaded, OpenLoopResult Select, OpenLoopResult Decided, OpenLoopResult Ingested) run,
        CancellationToken cancel
    )
    {
        (LoadOutcome loaded, OpenLoopResult select, OpenLoopResult decided, OpenLoopResult ingested) = run;
        long fallbacks = await system.Cluster.ScalarAsync<long>(
            Cluster.User,
            "select count(*) from ws_default.decisions where outcome <> 1 or known is not true",
            cancel
        );
        return new BenchReport(
            "decide",
            [
                new Figure("p99_ms", decided.Ms(0.99), "ms", GoalMs, select.Ms(0.99), IsCeiling: true),
                new Figure("p50_ms", decided.Ms(0.5), "ms", null, select.Ms(0.5)),
                new Figure("max_ms", decided.Ms(1), "ms"),
                new Figure("errors", decided.Errors + select.Errors + ingested.Errors, "answers", 0, IsCeiling: true),
                new Figure("fallbacks", fallbacks, "answers", 0, IsCeiling: true),
                new Figure("decisions_per_s", Math.Round(decided.Sent / (double)options.Seconds, 1), "1/s"),
                new Figure("ingest_per_s", Math.Round(ingested.Sent / (double)options.Seconds, 1), "1/s"),
                new Figure("ingest_p99_ms", ingested.Ms(0.99), "ms"),
                new Figure("select_p99_ms", select.Ms(0.99), "ms"),
                new Figure("members", loaded.Accepted, "events"),
            ],
            [
                (
                    "p99_ms, p50_ms",
                    "from the moment a question was due to its answer; beside it /health/ready, one select 1, at the same rate"
                ),
                ("fallbacks", "in the log of decisions, with those about somebody unknown, of whom there are none"),
                ("seed", options.Seed.ToString(CultureInfo.InvariantCulture)),
            ]
        );
    }

    private Task DecideAsync(SystemUnderTest system, int people, int seconds, int run, CancellationToken cancel) =>
        BesideIngestAsync(
            system,
            seconds,
            run,
            loop => loop.RunAsync(seconds, number => Writer(system, people, number).Next, cancel),
            cancel
        );

    private async Task<(OpenLoopResult Asked, OpenLoopResult Ingested)> BesideIngestAsync(
        SystemUnderTest system,
        int seconds,
        int run,
        Func<OpenLoop, Task<OpenLoopResult>> ask,
        CancellationToken cancel
    )
    {
        List<WebhookWriter> writers = [];
        try
        {
            LoadPlan plan = LoadPlan(system) with
            {
                Run = $"beside{run}",
                Connections = 64,
                NewPeople = 18,
                EventsPerRequest = 1,
                FirstPerson = FirstNewPerson + (run * 200_000),
            };
            Task<OpenLoopResult> ingesting = new OpenLoop(system.HostAddress, options.IngestRate, clock).RunAsync(
                seconds,
                number =>
                {
                    var writer = new WebhookWriter(plan, number, clock);
                    writers.Add(writer);
                    return writer.Next;
                },
                cancel
            );
            OpenLoopResult asked = await ask(new OpenLoop(system.HostAddress, options.Rate, clock));
            return (asked, await ingesting);
        }
        finally
        {
            writers.ForEach(writer => writer.Dispose());
        }
    }

    private static Func<ReadOnlyMemory<byte>> Ready(string address)
    {
        byte[] request = Encoding.ASCII.GetBytes($"GET /health/ready HTTP/1.1\r\nHost: {address}\r\n\r\n");
        return () => request;
    }

    private DecisionWriter Writer(SystemUnderTest system, int people, int number) =>
        new(system.HostAddress, system.Setup.SourceToken, system.Setup.SigningKey, people, options.Seed + number, clock);

    private LoadPlan LoadPlan(SystemUnderTest system) =>
        new(
            system.HostAddress,
            system.Setup.SourceToken,
            system.Setup.SigningKey,
            clock.GetUtcNow().ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture),
            LoadConnections,
            NewPeople: 100,
            options.LoadSeconds,
            WarmUpSeconds: 0,
            options.Seed
        )
        {
            EventsPerRequest = EventsPerRequest,
        };

    private static void Report(string message) => Console.Error.WriteLine($"bench: {message}");
}
