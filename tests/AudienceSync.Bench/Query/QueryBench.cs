using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AudienceSync.Bench.Ingest;
using AudienceSync.Bench.Processes;
using AudienceSync.Bench.Reporting;

namespace AudienceSync.Bench.Query;

/// <summary>
/// Asks a Host about an audience of many. Its events are put into the log by SQL, one add each in the thirty days before, and for every fourth
/// person a remove; the Host's own projector makes the members of them.
/// </summary>
internal sealed class QueryBench(int members, int questions, int seed, TimeProvider clock) : IDisposable
{
    private const string Key = "big_v1";

    /// <summary>Design section 11 and the audiences' issue: the first page as of a moment.</summary>
    private const double PageBarMs = 2_000;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly HttpClient _operator = new() { Timeout = TimeSpan.FromSeconds(60) };

    public void Dispose()
    {
        _http.Dispose();
        _operator.Dispose();
    }

    public async Task<BenchReport> RunAsync(CancellationToken cancel)
    {
        RepositoryRoot root = RepositoryRoot.Find();
        using var folder = new RunFolder(root);
        Console.Error.WriteLine("bench: starting Sandbox, Host and PostgreSQL");
        await using SystemUnderTest system = await SystemUnderTest.StartAsync(root, folder, _http, clock, cancel);
        await system.Cluster.DemandFsyncAsync(cancel);
        _operator.BaseAddress = new Uri($"http://{system.HostAddress}/v1/");
        _operator.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", system.Setup.OperatorToken);
        using (var terms = new StringContent("{}", Encoding.UTF8, "application/json"))
        using (HttpResponseMessage published = await _operator.PostAsync(new Uri($"keys/{Key}/publish", UriKind.Relative), terms, cancel))
        {
            published.EnsureSuccessStatusCode();
        }

        Console.Error.WriteLine($"bench: making {members} people");
        foreach (string statement in BigAudience.Statements(members))
        {
            await system.Cluster.ExecuteAsync(Postgres.Cluster.User, statement, cancel);
        }

        Drain drain = await Drain.WaitAsync(_http, system.HostAddress, system.Setup.OperatorToken, clock, cancel);
        if (drain.ProjectorS is null)
        {
            throw new BenchFailedException("The projector did not finish in time.");
        }

        await system.Cluster.ExecuteAsync(Postgres.Cluster.User, "analyze ws_default.membership, ws_default.mt_events", cancel);
        return await AskAsync(cancel);
    }

    private async Task<BenchReport> AskAsync(CancellationToken cancel)
    {
        var random = new Random(seed);
        string now = Moment(clock.GetUtcNow());
        (string Name, Func<string> Path, double? Bar)[] kinds =
        [
            ("list", () => $"audiences/{Key}/members", PageBarMs),
            ("at_happened", () => $"audiences/{Key}/members?at={Past(random)}", PageBarMs),
            ("at_known", () => $"audiences/{Key}/members?mode=known&at={now}", PageBarMs),
            ("diff", () => $"audiences/{Key}/members/diff?from={Past(random)}&to={Past(random)}", PageBarMs),
            ("why", () => $"people/{BigAudience.Person(random.Next(members))}/why/{Key}", PageBarMs),
            ("history", () => $"people/{BigAudience.Person(random.Next(members))}/history", null),
        ];
        var figures = new List<Figure>();
        double worst = 0;
        foreach ((string name, Func<string> path, double? bar) in kinds)
        {
            double[] took = await TimeAsync(path, cancel);
            double p95 = took[(int)Math.Ceiling(took.Length * 0.95) - 1];
            worst = Math.Max(worst, bar is null ? 0 : p95);
            figures.Add(new Figure($"{name}_p95_ms", Math.Round(p95, 1), "ms", bar, IsCeiling: true));
            figures.Add(new Figure($"{name}_median_ms", Math.Round(took[took.Length / 2], 1), "ms"));
        }

        figures.Insert(0, new Figure("p95_ms", Math.Round(worst, 1), "ms", PageBarMs, IsCeiling: true));
        return new BenchReport("query", figures, [("p95_ms", "the slowest kind's"), ("people", members.ToString("N0", CultureInfo.InvariantCulture)), ("seed", seed.ToString(CultureInfo.InvariantCulture))]);
    }

    private async Task<double[]> TimeAsync(Func<string> path, CancellationToken cancel)
    {
        var took = new double[questions];
        for (int n = 0; n < questions; n++)
        {
            long begin = clock.GetTimestamp();
            using HttpResponseMessage answer = await _operator.GetAsync(new Uri(path(), UriKind.Relative), cancel);
            using JsonDocument body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancel));
            took[n] = clock.GetElapsedTime(begin).TotalMilliseconds;
            if (!answer.IsSuccessStatusCode)
            {
                throw new BenchFailedException($"The Host answered {(int)answer.StatusCode}: {body.RootElement}");
            }
        }

        Array.Sort(took);
        return took;
    }

    private string Past(Random random) => Moment(clock.GetUtcNow().AddMinutes(-random.Next(30 * 24 * 60)));

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
