using System.Net.Http.Headers;
using System.Text.Json;

namespace AudienceSync.Bench.Ingest;

/// <summary>
/// The seconds that projector and sync needed to finish after the load stopped; null when they had not finished within the limit.
/// </summary>
internal sealed record Drain(double? ProjectorS, double? SyncS)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Polls /v1/status until it is quiet or the limit has passed.</summary>
    /// <exception cref="BenchFailedException">The Host does not return 200.</exception>
    public static async Task<Drain> WaitAsync(
        HttpClient http,
        string hostAddress,
        string operatorToken,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        long started = clock.GetTimestamp();
        double? projector = null;
        while (clock.GetElapsedTime(started) < Limit)
        {
            JsonElement status = await ReadAsync(http, hostAddress, operatorToken, cancel);
            double seconds = clock.GetElapsedTime(started).TotalSeconds;
            if (status.GetProperty("projector").GetProperty("lag_events").GetInt64() == 0)
            {
                projector ??= seconds;
            }

            foreach (
                JsonElement plan in status
                    .GetProperty("plans")
                    .EnumerateArray()
                    .Where(plan => plan.GetProperty("state").GetString() == "waiting")
            )
            {
                // Removals that the load accumulated: they are intended.
                using HttpResponseMessage approved = await SendAsync(
                    http,
                    HttpMethod.Post,
                    $"http://{hostAddress}/v1/plans/{plan.GetProperty("plan").GetInt64()}/approve",
                    operatorToken,
                    cancel
                );
            }

            if (status.GetProperty("quiet").GetBoolean())
            {
                return new Drain(projector ?? seconds, seconds);
            }

            await Task.Delay(Pause, clock, cancel);
        }

        return new Drain(projector, null);
    }

    private static async Task<JsonElement> ReadAsync(HttpClient http, string hostAddress, string operatorToken, CancellationToken cancel)
    {
        using HttpResponseMessage answer = await SendAsync(http, HttpMethod.Get, $"http://{hostAddress}/v1/status", operatorToken, cancel);
        await using Stream body = await answer.Content.ReadAsStreamAsync(cancel);
        return await JsonSerializer.DeserializeAsync<JsonElement>(body, cancellationToken: cancel);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient http,
        HttpMethod method,
        string address,
        string operatorToken,
        CancellationToken cancel
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(address));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", operatorToken);
        HttpResponseMessage answer = await http.SendAsync(request, cancel);
        return answer.IsSuccessStatusCode
            ? answer
            : throw new BenchFailedException($"{method} {request.RequestUri!.AbsolutePath} returned {(int)answer.StatusCode}.");
    }
}
