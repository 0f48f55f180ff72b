using System.Globalization;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Simulation;
using Npgsql;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Requests;

/// <summary>
/// Generated bodies, queries and headers on every route: for some seconds (<c>AUDIENCESYNC_FUZZ_S</c>, 40 unless set), and a hundred
/// thousand of them (<c>AUDIENCESYNC_FUZZ_REQUESTS</c>). The seed is printed; <c>AUDIENCESYNC_FUZZ_SEED</c> repeats it.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Senders = 4;
    private const int SendersOfTheLongRun = 12;

    // Relative to the memory after warm-up and compilation: the remaining variation is caches and heap, not a leak per request.
    private const double MostGrowth = 1.25;

    private static readonly TimeSpan MemoryPoll = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task No_input_is_answered_with_a_server_error_and_nothing_is_accepted_that_must_be_refused()
    {
        var seed = Seed();
        await using var host = await TestHost.StartAsync();
        var run = new FuzzRun(
            host.Http,
            Route.Of(host),
            seed,
            () => string.Join('\n', host.LogLines.Where(line => line.Contains("xception", StringComparison.Ordinal)).TakeLast(3)),
            host.Clock.GetUtcNow
        );
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(Number("AUDIENCESYNC_FUZZ_S", 40)));
        await run.RunAsync(Senders, _ => !end.IsCancellationRequested);

        CheckVariety(run, seed);
        host.LogLines.ShouldAllBe(line => !line.Contains("unhandled exception", StringComparison.OrdinalIgnoreCase));
    }

    [ProveFact]
    [Trait("Category", "Prove")]
    [Trait("Prove", "fuzz")]
    public async Task A_hundred_thousand_inputs_cause_no_server_error_lose_and_duplicate_nothing_and_leave_memory_flat()
    {
        var seed = Seed();
        var count = Number("AUDIENCESYNC_FUZZ_REQUESTS", 100_000);
        using var folder = new TemporaryFolder();
        await using var reference = await TestHost.StartAsync();
        var database = await PostgresCluster.CreateDatabaseAsync();
        await using var host = await HostProcess.StartAsync(Config(folder), folder.Path, database, TimeSpan.FromSeconds(30));
        var run = new FuzzRun(
            host.Http,
            Route.Of(reference),
            seed,
            () => host.Log[Math.Max(0, host.Log.Length - 3_000)..],
            TimeProvider.System.GetUtcNow
        );

        var memory = await WatchedAsync(run.RunAsync(SendersOfTheLongRun, number => number <= count), host, run);

        CheckVariety(run, seed);
        host.Log.ShouldNotContain("unhandled exception", Case.Insensitive);
        host.Log.ShouldNotContain("was challenged", Case.Insensitive, "anybody could fill the disk");
        run.Count.ShouldBe(count);
        await CheckLogAsync(run, database);
        CheckMemory(memory, count);
    }

    private static async Task<List<(int Answered, long Bytes)>> WatchedAsync(Task running, HostProcess host, FuzzRun run)
    {
        var memory = new List<(int, long)>();
        var deadline = Deadline.In(TimeSpan.FromHours(1));
        while (!running.IsCompleted)
        {
            deadline.Check("the end of the run");
            await RealTime.PassAsync(MemoryPoll);
            memory.Add((run.Count, host.ResidentBytes));
        }

        await running;
        return memory;
    }

    private static async Task<long> ScalarAsync(string database, string sql, params object[] parameters)
    {
        var settings = new NpgsqlConnectionStringBuilder(database) { SearchPath = "ws_default", Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static int Number(string variable, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : fallback;

    // A port without a listener: accepted events are not delivered, whatever else runs on this machine.
    private static string Config(TemporaryFolder folder) =>
        TestHostFiles.Write(
            folder,
            new TestHostOptions { Yaml = yaml => yaml.Replace("127.0.0.1:5480", "127.0.0.1:9", StringComparison.Ordinal) }
        );

    private static double MiB(double bytes) => bytes / (1 << 20);

    private int Seed()
    {
        var seed = Number("AUDIENCESYNC_FUZZ_SEED", Environment.TickCount & int.MaxValue);
        output.WriteLine($"seed {seed}");
        return seed;
    }

    private void CheckVariety(FuzzRun run, int seed)
    {
        output.WriteLine(
            string.Join(", ", run.Answers.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {pair.Value}"))
        );

        output.WriteLine($"events accepted: {run.Accepted.Count}, forms: {run.AcceptedForms}, signed requests: {run.AcceptedSigned}");

        // A fuzz test that is refused at the first check everywhere would find nothing.
        new[] { "200", "202", "400", "401", "404", "415", "422" }
            .Except(run.Answers.Keys)
            .ShouldBeEmpty($"seed {seed}");
        run.Accepted.ShouldNotBeEmpty($"seed {seed}");
        run.AcceptedForms.ShouldBeGreaterThan(0, $"seed {seed}");
        run.AcceptedSigned.ShouldBeGreaterThan(0, $"seed {seed}");
    }

    private async Task CheckLogAsync(FuzzRun run, string database)
    {
        var receipts = run.Accepted.ToArray();
        (
            await ScalarAsync(
                database,
                "select count(*) from unnest($1) as r(id) where not exists (select from mt_events e where e.id = r.id)",
                receipts
            )
        ).ShouldBe(0, "acknowledged and lost");
        (await ScalarAsync(database, "select count(*) - count(distinct id) from mt_events")).ShouldBe(0, "duplicated");
        var others = await ScalarAsync(
            database,
            "select count(*) from mt_events where type in ('audience_member_added', 'audience_member_removed') and id <> all($1)",
            receipts
        );
        output.WriteLine($"{receipts.Length} events accepted, lost 0, duplicated 0; in the log without an acknowledgement {others}");
        if (!run.Answers.ContainsKey(FuzzRun.Repeated))
        {
            others.ShouldBe(0, "in the log without an acknowledgement");
        }
    }

    private void CheckMemory(List<(int Answered, long Bytes)> memory, int count)
    {
        // The first third is mostly compilation, filling pools and initial heap growth.
        var early = memory.Where(sample => sample.Answered > count / 3 && sample.Answered <= count / 2).Max(sample => (double)sample.Bytes);
        var late = memory.Where(sample => sample.Answered > count * 4L / 5).Average(sample => sample.Bytes);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"resident memory: at most {MiB(early):0} MiB in the first half, {MiB(late):0} MiB on average in the last fifth; "
                    + $"at most {MiB(memory.Max(sample => sample.Bytes)):0} MiB"
            )
        );
        late.ShouldBeLessThan(early * MostGrowth);
    }
}
