using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;
using Npgsql;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Ingest.Importing;

/// <summary>SIGKILL of an import at random moments: continued by the same command, it equals one that was never interrupted.</summary>
public sealed class ImportKillTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task An_import_that_was_killed_three_times_equals_one_that_was_not() => RunAsync(seed: 1, events: 30_000, kills: 3);

    [ProveFact]
    [Trait("Category", "Prove")]
    public Task An_import_that_was_killed_twenty_times_equals_one_that_was_not() => RunAsync(seed: 2, events: 200_000, kills: 20);

    [Fact]
    public async Task An_interrupted_import_ends_with_its_own_code_and_continues()
    {
        using var timeout = new CancellationTokenSource(Deadline.Longest);
        await using var host = await StartAsync();
        var file = Write(20_000);
        using (var process = Start(host, file))
        {
            await UntilRecordsAsync(file, 500, process);

            // Not SIGINT, which a shell lets its background jobs ignore.
            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            (await kill.ExitCodeAsync()).ShouldBe(0);
            (await process.ExitCodeAsync()).ShouldBe(130);
            (await process.StandardOutput.ReadToEndAsync(timeout.Token)).ShouldContain("\"finished\":false");
        }

        using var rest = Start(host, file);
        (await rest.ExitCodeAsync(TimeSpan.FromMinutes(2))).ShouldBe(0, await rest.StandardError.ReadToEndAsync(timeout.Token));
        (await LogAsync(host)).Count.ShouldBe(20_000);
    }

    private async Task RunAsync(int seed, int events, int kills)
    {
        var random = new Random(seed);
        output.WriteLine($"seed {seed}");
        var file = Write(events);
        await using var killed = await StartAsync();
        for (var n = 0; n < kills; n++)
        {
            using var process = Start(killed, file);
            var at = random.Next(0, events * (n + 1) / (kills + 1));
            await UntilRecordsAsync(file, at, process);
            process.Kill(entireProcessTree: true);
            await process.EndAsync();
            output.WriteLine($"killed after {Records(file)} of {events} records");
        }

        var (read, summary) = await FinishAsync(killed, file);
        read.ShouldBe(events);
        output.WriteLine(summary);

        await using var whole = await StartAsync();
        await FinishAsync(whole, file);
        var expected = await LogAsync(whole);
        expected.Count.ShouldBe(events);
        (await LogAsync(killed)).ShouldBe(expected);
        (await MembersAsync(killed)).ShouldBe(await MembersAsync(whole));
    }

    private static Task<TestHost> StartAsync() =>
        TestHost.StartAsync(new TestHostOptions { RealPort = true, Clock = new OffsetClock(Sample.Now) });

    // Each event has its own time, so that the log shows which of them it has.
    private string Write(int events)
    {
        var first = Sample.Now.AddDays(-2);
        var path = _folder.Below("events.ndjson");
        File.WriteAllLines(
            path,
            Enumerable
                .Range(0, events)
                .Select(n =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $$$"""{"event":"{{{(n % 7 == 5 ? "audience_remove" : "audience_add")}}}","event_id":"e-{{{n}}}","audience_key":"{{{(n % 2 == 0 ? "high_intent_cart_7d_v1" : "winback_45d_v1")}}}","occurred_at":"{{{first.AddMilliseconds(n):yyyy-MM-dd'T'HH:mm:ss.fff'Z'}}}","person":{"customer_id":"c-{{{n % (events / 3)}}}","email":"user{{{n % (events / 3)}}}@example.com"}}"""
                    )
                )
        );
        return path;
    }

    private static Process Start(TestHost host, string file)
    {
        string[] args =
        [
            Path.Combine(AppContext.BaseDirectory, "AudienceSync.Host.dll"),
            "events",
            "import",
            file,
            "--source",
            "signed",
            "--json",
        ];
        var start = new ProcessStartInfo("dotnet", args)
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["AUDIENCESYNC_CONFIG"] = host.ConfigPath;
        start.Environment["AUDIENCESYNC_URLS"] = host.Http.BaseAddress!.ToString();
        return Process.Start(start)!;
    }

    private static async Task<(long Read, string Summary)> FinishAsync(TestHost host, string file)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(5), TimeProvider.System);
        using var process = Start(host, file);
        var summary = process.StandardOutput.ReadToEndAsync(timeout.Token);
        (await process.ExitCodeAsync(TimeSpan.FromMinutes(5))).ShouldBe(0, await process.StandardError.ReadToEndAsync(timeout.Token));
        var text = await summary;
        return (JsonSerializer.Deserialize<JsonElement>(text).GetProperty("read").GetInt64(), text);
    }

    private static Task UntilRecordsAsync(string file, long records, Process process) =>
        Deadline.UntilAsync(
            () => Records(file) >= records || process.HasExited,
            () => $"{records} records in the state, not {Records(file)}",
            TimeSpan.FromMinutes(3)
        );

    // The state is replaced as a whole, so it is never half of one.
    private static long Records(string file)
    {
        var state = file + ".import-state.json";
        return File.Exists(state) ? JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(state)).GetProperty("records").GetInt64() : 0;
    }

    private static Task<List<string>> LogAsync(TestHost host) =>
        ReadAsync(host, "select type || ' ' || data::text from mt_events where type like 'audience_member_%' order by 1");

    private static async Task<List<string>> MembersAsync(TestHost host)
    {
        await host.WaitUntilQuietAsync(atMost_s: 180);
        return await ReadAsync(host, "select key_id || ' ' || state || ' ' || count(*) from membership group by key_id, state order by 1");
    }

    private static async Task<List<string>> ReadAsync(TestHost host, string sql)
    {
        var settings = new NpgsqlConnectionStringBuilder(host.Database) { SearchPath = "ws_default", Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }
}
