using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AudienceSync.Bench.Ingest;
using AudienceSync.Bench.Processes;
using AudienceSync.Bench.Reporting;

namespace AudienceSync.Bench.Query;

/// <summary>
/// Queries a Host over HTTP about a large audience: the first page now and as of moments of the last thirty days, by what had happened and
/// by what was known, and why a person is in it. Some pages are compared with the result of one statement over the whole log.
/// </summary>
internal sealed class QueryBench(QueryLoad load, TimeProvider clock) : IDisposable
{
    /// <summary>Design section 11 and the issue on audiences: the first page as of a moment.</summary>
    private const double PageGoalMs = 2_000;

    private const int PageMembers = 100;
    private const int ComparedPerKind = 4;
    private const int PeopleQueried = 200;

    // The Host's projector reads everything first; a busy machine needs several times the wait limit of one drain.
    private const int Drains = 6;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly HttpClient _operator = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly Random _random = new(load.Seed);

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
        using (
            HttpResponseMessage published = await _operator.PostAsync(
                new Uri($"keys/{BigAudience.Key}/publish", UriKind.Relative),
                terms,
                cancel
            )
        )
        {
            published.EnsureSuccessStatusCode();
        }

        Console.Error.WriteLine($"bench: generating {load.Members} people");
        foreach (string statement in BigAudience.Statements(load.Members))
        {
            await system.Cluster.ExecuteAsync(Postgres.Cluster.User, statement, cancel);
        }

        double projected = await ProjectedAsync(system, cancel);
        await system.Cluster.ExecuteAsync(Postgres.Cluster.User, "vacuum (analyze) ws_default.membership, ws_default.mt_events", cancel);
        await system.Cluster.ExecuteAsync(Postgres.Cluster.User, "checkpoint", cancel);
        return await MeasureAsync(system, projected, cancel);
    }

    private async Task<double> ProjectedAsync(SystemUnderTest system, CancellationToken cancel)
    {
        Console.Error.WriteLine("bench: waiting for the projector");
        long began = clock.GetTimestamp();
        for (int n = 0; n < Drains; n++)
        {
            if ((await Drain.WaitAsync(_http, system.HostAddress, system.Setup.OperatorToken, clock, cancel)).ProjectorS is not null)
            {
                return clock.GetElapsedTime(began).TotalSeconds;
            }
        }

        throw new BenchFailedException("The projector did not finish in time.");
    }

    private async Task<BenchReport> MeasureAsync(SystemUnderTest system, double projected, CancellationToken cancel)
    {
        string[] people = JsonSerializer.Deserialize<string[]>(
            await system.Cluster.ScalarAsync<string>(
                Postgres.Cluster.User,
                "select json_agg(p.person)::text from (select person from ws_default.membership order by "
                    + $"md5(person::text) limit {PeopleQueried}) p",
                cancel
            )
        )!;
        (string Name, Func<string> Path, double? Goal)[] kinds =
        [
            ("list", () => $"audiences/{BigAudience.Key}/members?limit={PageMembers}", PageGoalMs),
            ("at_happened", () => At(Moment(), known: false), PageGoalMs),
            ("at_known", () => At(Moment(), known: true), PageGoalMs),
            ("diff", () => $"audiences/{BigAudience.Key}/members/diff?from={Moment()}&to={Moment()}&limit={PageMembers}", PageGoalMs),
            ("why", () => $"people/{people[_random.Next(people.Length)]}/why/{BigAudience.Key}", PageGoalMs),
            ("history", () => $"people/{people[_random.Next(people.Length)]}/history", PageGoalMs),
        ];
        var figures = new List<Figure> { new("members", load.Members, "people") };
        var all = new List<double>();
        double firstPage = 0;
        foreach ((string name, Func<string> path, double? goal) in kinds)
        {
            double[] took = await TimeAsync(path, cancel);
            all.AddRange(took);
            firstPage = name.StartsWith("at_", StringComparison.Ordinal) ? Math.Max(firstPage, took[^1]) : firstPage;
            figures.Add(new Figure($"{name}_p50_ms", Math.Round(took[took.Length / 2], 1), "ms"));
            figures.Add(new Figure($"{name}_max_ms", Math.Round(took[^1], 1), "ms", goal, IsCeiling: true));
        }

        all.Sort();
        figures.Insert(1, new Figure("first_page_ms", Math.Round(firstPage, 1), "ms", PageGoalMs, IsCeiling: true));
        figures.Insert(
            2,
            new Figure("p95_ms", Math.Round(all[(int)Math.Ceiling(all.Count * 0.95) - 1], 1), "ms", PageGoalMs, IsCeiling: true)
        );
        figures.Add(new Figure("wrong_pages", await WrongPagesAsync(system, cancel), "pages", 0, IsCeiling: true));
        return new BenchReport(
            "query",
            figures,
            [
                ("first_page_ms", $"the slowest of {2 * load.Questions} first pages as of a moment, {PageMembers} members each"),
                ("wrong_pages", $"of {2 * ComparedPerKind} compared with one statement over the whole log"),
                ("seed", load.Seed.ToString(CultureInfo.InvariantCulture)),
                ("the projector read the log in, s", projected.ToString("N0", CultureInfo.InvariantCulture)),
            ]
        );
    }

    // The first query of each kind warms up its code and is not counted.
    private async Task<double[]> TimeAsync(Func<string> path, CancellationToken cancel)
    {
        await GetAsync(path(), cancel);
        double[] took = new double[load.Questions];
        for (int n = 0; n < took.Length; n++)
        {
            long begin = clock.GetTimestamp();
            await GetAsync(path(), cancel);
            took[n] = clock.GetElapsedTime(begin).TotalMilliseconds;
        }

        Array.Sort(took);
        return took;
    }

    private async Task<int> WrongPagesAsync(SystemUnderTest system, CancellationToken cancel)
    {
        int wrong = 0;
        for (int n = 0; n < 2 * ComparedPerKind; n++)
        {
            (string moment, bool known) = (Moment(), n % 2 == 0);
            JsonElement page = await GetAsync(At(moment, known), cancel);
            string[] listed = [.. page.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("person").GetString()!)];
            string[] expected = JsonSerializer.Deserialize<string[]>(
                await system.Cluster.ScalarAsync<string>(Postgres.Cluster.User, BigAudience.NaivePage(moment, known, PageMembers), cancel)
            )!;
            // A page that reached the limit of people it may examine is short.
            bool right =
                listed.SequenceEqual(expected.Take(listed.Length))
                && (listed.Length == expected.Length || page.GetProperty("next").ValueKind != JsonValueKind.Null);
            wrong += right ? 0 : 1;
        }

        return wrong;
    }

    private async Task<JsonElement> GetAsync(string path, CancellationToken cancel)
    {
        using HttpResponseMessage answer = await _operator.GetAsync(new Uri(path, UriKind.Relative), cancel);
        await using Stream body = await answer.Content.ReadAsStreamAsync(cancel);
        JsonElement json = await JsonSerializer.DeserializeAsync<JsonElement>(body, cancellationToken: cancel);
        return answer.IsSuccessStatusCode ? json : throw new BenchFailedException($"The Host returned {(int)answer.StatusCode}: {json}");
    }

    private static string At(string moment, bool known) =>
        $"audiences/{BigAudience.Key}/members?at={moment}&mode={(known ? "known" : "happened")}&limit={PageMembers}";

    private string Moment() =>
        clock.GetUtcNow().AddMinutes(-_random.Next(31 * 24 * 60)).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
