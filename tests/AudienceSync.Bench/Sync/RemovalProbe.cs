using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using AudienceSync.Bench.Load;

namespace AudienceSync.Bench.Sync;

/// <summary>
/// Sends webhooks at a steady rate, half of them removals of members who are at all platforms, half additions of new people. Measures from
/// the response to a removal's webhook to the platform's response to the call that contains its digest.
/// </summary>
internal sealed class RemovalProbe(HttpClient http, Uri host, string token, PlatformServer platforms, TimeProvider clock)
{
    private const int TickMs = 10;

    private static readonly TimeSpan LastRemovals = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, Removal> _removals = new(StringComparer.Ordinal);
    private long _refused;

    public async Task<RemovalResult> RunAsync(SyncOptions options, CancellationToken cancel)
    {
        platforms.Removed = (platform, digest) =>
        {
            if (_removals.TryGetValue(digest, out Removal? removal))
            {
                removal.At[platform] = Stopwatch.GetTimestamp();
            }
        };
        long started = Stopwatch.GetTimestamp();
        var sending = new List<Task>();
        int sent = 0;
        while (Stopwatch.GetElapsedTime(started).TotalSeconds is var elapsed && elapsed < options.Seconds)
        {
            for (int due = (int)(elapsed * options.Rate); sent < due; sent++)
            {
                sending.Add(
                    sent % 2 == 0 && sent / 2 < options.Findable
                        ? RemoveAsync(sent / 2, cancel)
                        : SendAsync("add", options.Members + sent, cancel)
                );
            }

            await Task.Delay(TimeSpan.FromMilliseconds(TickMs), clock, cancel);
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await Task.WhenAll(sending);
        await WaitForLastAsync(cancel);
        return Result(sent, seconds);
    }

    private async Task WaitForLastAsync(CancellationToken cancel)
    {
        long started = Stopwatch.GetTimestamp();
        while (_removals.Values.Any(removal => !removal.IsEverywhere) && Stopwatch.GetElapsedTime(started) < LastRemovals)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(TickMs * TickMs), clock, cancel);
        }
    }

    private async Task RemoveAsync(int member, CancellationToken cancel)
    {
        var removal = new Removal(platforms.Traffic.Length);
        _removals[Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(BenchPeople.Email(member))))] = removal;
        await SendAsync("remove", member, cancel);
        removal.AcknowledgedAt = Stopwatch.GetTimestamp();
    }

    private async Task SendAsync(string action, int member, CancellationToken cancel)
    {
        string now = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        string id = string.Create(CultureInfo.InvariantCulture, $"bench-{action}-{member}");
        using var body = new StringContent(
            $$"""{"schema_version":1,"event":"audience_{{action}}","event_id":"{{id}}","audience_key":"{{SyncSetup.Key}}","occurred_at":"{{now}}","person":{"email":"{{BenchPeople.Email(member)}}"} }""",
            Encoding.UTF8,
            "application/json"
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host, "/v1/webhooks/audience")) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage answer = await http.SendAsync(request, cancel);
        if (!answer.IsSuccessStatusCode)
        {
            Interlocked.Increment(ref _refused);
        }
    }

    private RemovalResult Result(int sent, double seconds)
    {
        var latencies = new LatencyHistogram();
        long missing = 0;
        foreach (Removal removal in _removals.Values)
        {
            foreach (long at in removal.At)
            {
                if (at == 0)
                {
                    missing++;
                }
                else
                {
                    latencies.Record(
                        (long)Stopwatch.GetElapsedTime(removal.AcknowledgedAt, Math.Max(at, removal.AcknowledgedAt)).TotalMicroseconds
                    );
                }
            }
        }

        return new RemovalResult(sent / seconds, latencies, missing, _refused);
    }

    private sealed class Removal(int platforms)
    {
        public long AcknowledgedAt { get; set; }

        /// <summary>By platform; 0 when the platform has not received the removal.</summary>
        public long[] At { get; } = new long[platforms];

        public bool IsEverywhere => Array.TrueForAll(At, at => at != 0);
    }
}

/// <param name="PerSecond">Webhooks per second.</param>
/// <param name="Latencies">One value for each removal and platform.</param>
/// <param name="Missing">Removals that never reached a platform.</param>
/// <param name="Refused">Webhooks without a 2xx response.</param>
internal sealed record RemovalResult(double PerSecond, LatencyHistogram Latencies, long Missing, long Refused);
