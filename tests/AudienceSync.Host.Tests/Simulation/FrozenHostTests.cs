using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;
using Npgsql;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Simulation;

/// <summary>Two Hosts as processes under load. One is stopped by a signal at random times; the other must continue.</summary>
public sealed class FrozenHostTests(ITestOutputHelper output) : IDisposable
{
    private const int Seed = 20261129;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly TemporaryFolder _folder = new();
    private readonly TestHostOptions _options = new() { Audiences = [new TestAudience("high_intent_cart_7d", 7)] };
    private readonly ConcurrentBag<string> _receipts = [];
    private readonly CancellationTokenSource _end = new();
    private long _lastTaken;
    private long _longestGap;
    private int _sent;

    public void Dispose()
    {
        _folder.Dispose();
        _end.Dispose();
    }

    [Fact]
    public Task A_frozen_host_blocks_the_other_for_at_most_five_seconds_and_nothing_is_lost_or_duplicated() =>
        RunAsync(stops: 4, TimeSpan.FromSeconds(6));

    [ProveFact]
    [Trait("Category", "Prove")]
    [Trait("Prove", "pauses")]
    public Task A_host_frozen_repeatedly_for_40_seconds_blocks_the_other_for_at_most_five() => RunAsync(stops: 6, TimeSpan.FromSeconds(40));

    private async Task RunAsync(int stops, TimeSpan pause)
    {
        var database = await PostgresCluster.CreateDatabaseAsync();
        var config = TestHostFiles.Write(_folder, _options);
        await using var frozen = await HostProcess.StartAsync(config, _folder.Path, database, TimeSpan.FromSeconds(5));
        await using var other = await HostProcess.StartAsync(config, _folder.Path, database, TimeSpan.FromSeconds(5));
        _lastTaken = Stopwatch.GetTimestamp();
        var senders = Enumerable
            .Range(0, 3)
            .SelectMany(n =>
                new[] { SendAsync(frozen, n == 0 ? 500 : 1, watched: false), SendAsync(other, n == 0 ? 500 : 1, watched: true) }
            )
            .ToList();
        var random = new Random(Seed);
        for (var stop = 0; stop < stops; stop++)
        {
            await RealTime.PassAsync(TimeSpan.FromMilliseconds(random.Next(300, 900)));
            await frozen.PauseAsync();
            await RealTime.PassAsync(pause);
            await frozen.WakeAsync();
        }

        await _end.CancelAsync();
        await Task.WhenAll(senders).WaitAsync(TimeSpan.FromSeconds(60));
        var longest = Stopwatch.GetElapsedTime(0, _longestGap);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"seed {Seed}: {stops} pauses of {pause.TotalSeconds} s; the other Host was silent "
                    + $"for at most {longest.TotalSeconds:0.00} s"
            )
        );
        longest.ShouldBeLessThan(Longest, $"seed {Seed}\n{other.Log}");
        await CheckLogAsync(database);
    }

    // Each event is about a different person, so a duplicated one is a stream of two.
    private async Task CheckLogAsync(string database)
    {
        await using var owner = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(database) { SearchPath = "ws_default", MaxPoolSize = 1 }.ConnectionString
        );
        await using var command = owner.CreateCommand(
            "select count(*) from unnest($1) as r(id) where not exists (select from mt_events e where e.id = r.id)"
        );
        command.Parameters.Add(new NpgsqlParameter { Value = _receipts.Select(Guid.Parse).ToArray() });
        (await command.ExecuteScalarAsync()).ShouldBe(0L, $"acknowledged but lost, of {_receipts.Count}");
        await using var doubled = owner.CreateCommand(
            "select count(*) from (select stream_id from mt_events where type = 'audience_member_added' "
                + "group by stream_id having count(*) > 1) d"
        );
        (await doubled.ExecuteScalarAsync()).ShouldBe(0L);
        _receipts.Count.ShouldBeGreaterThan(1_000, "otherwise there was no load");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_receipts.Count} events acknowledged, lost 0, duplicated 0"));
    }

    private async Task SendAsync(HostProcess host, int events, bool watched)
    {
        while (!_end.IsCancellationRequested)
        {
            var body =
                events == 1
                    ? Event().ToJsonString()
                    : new JsonArray([.. Enumerable.Range(0, events).Select(_ => (JsonNode?)Event())]).ToJsonString();
            while (!await TryAsync(host, body) && !_end.IsCancellationRequested)
            {
                await Task.Yield(); // A refused sender resends the same event.
            }

            if (watched)
            {
                Taken();
            }
        }
    }

    private void Taken()
    {
        lock (_receipts)
        {
            var now = Stopwatch.GetTimestamp();
            _longestGap = Math.Max(_longestGap, now - _lastTaken);
            _lastTaken = now;
        }
    }

    private async Task<bool> TryAsync(HostProcess host, string body)
    {
        using var request = Webhook.Signed(body);
        using var answer = await host.Http.SendAsync(request);
        if (!answer.IsSuccessStatusCode)
        {
            ((int)answer.StatusCode).ShouldBe(503);
            return false;
        }

        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        JsonElement[] receipts = json.RootElement.TryGetProperty("results", out var results)
            ? [.. results.EnumerateArray()]
            : [json.RootElement];
        foreach (var receipt in receipts)
        {
            receipt.GetProperty("status").GetString().ShouldBe("accepted");
            _receipts.Add(receipt.GetProperty("receipt_id").GetString()!);
        }

        return true;
    }

    private JsonObject Event()
    {
        var number = Interlocked.Increment(ref _sent);
        return new JsonObject
        {
            ["event"] = "audience_add",
            ["event_id"] = $"frozen {number}",
            ["audience_key"] = _options.Audiences[0].Key,
            ["occurred_at"] = TimeProvider.System.GetUtcNow().ToString("O"),
            ["person"] = new JsonObject { ["customer_id"] = $"customer {number}" },
        };
    }
}
