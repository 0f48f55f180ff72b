using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudienceSync.Shop.Sending;

namespace AudienceSync.Shop.Outcomes;

/// <summary>
/// Sends the reporting stream as Customer.io does: one event in a request, signed, without any other credential; each waits until its
/// predecessor was answered with success, however long that takes. The wait after the answers for which the real service waits an hour is
/// short here, and such an answer is a violation.
/// </summary>
internal sealed class ReportingStream(
    HttpMessageInvoker http,
    Uri url,
    string signingKey,
    RetryRules rules,
    InFlight inFlight,
    OutcomeTally tally,
    TimeProvider time
)
{
    /// <param name="perSecond">Null for as fast as the receiver answers.</param>
    public async Task PlayAsync(OutcomePlay play, double? perSecond, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        foreach (var (index, item) in play.Stream.Index())
        {
            if (perSecond is { } rate && TimeSpan.FromSeconds(index / rate) - time.GetElapsedTime(started) is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait, time, cancel);
            }

            using (inFlight.Enter([item.Customer]))
            {
                tally.Record(item, await SendAsync(Encoding.UTF8.GetBytes(item.Json), cancel));
            }
        }
    }

    /// <summary>The status of a request of somebody who does not have the key.</summary>
    public async Task<int> ProbeAsync(OutcomeEvent item, CancellationToken cancel) =>
        (await TryOnceAsync(Encoding.UTF8.GetBytes(item.Json), new string('0', 64), cancel)).HttpStatus;

    private async Task<OutcomeAnswer> SendAsync(byte[] body, CancellationToken cancel)
    {
        var (last, refused) = (new OutcomeAnswer(0, null, 0, WasRefused: false), false);
        for (var tries = 1; tries <= rules.MaxAttempts; tries++)
        {
            (var answer, var retryAfter) = await TryAsync(body, cancel);
            refused |= IsRefusal(answer.HttpStatus);
            last = answer with { Attempts = tries, WasRefused = refused };
            if (answer.HttpStatus is >= 200 and < 300)
            {
                return last;
            }

            if (tries < rules.MaxAttempts)
            {
                await Task.Delay(rules.Wait(tries, retryAfter, time.GetUtcNow()), time, cancel);
            }
        }

        return last;
    }

    // After these the real service waits an hour. 503 and 504 are not among them: they are repeated soon.
    private static bool IsRefusal(int status) => status is (>= 400 and < 500) or 500 or 502 or 521;

    private async Task<(OutcomeAnswer Answer, RetryConditionHeaderValue? RetryAfter)> TryAsync(byte[] body, CancellationToken cancel)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return await TrySignedAsync(body, now, Sign(now, body), cancel);
    }

    private async Task<OutcomeAnswer> TryOnceAsync(byte[] body, string signature, CancellationToken cancel) =>
        (await TrySignedAsync(body, time.GetUtcNow().ToUnixTimeSeconds(), signature, cancel)).Answer;

    private async Task<(OutcomeAnswer Answer, RetryConditionHeaderValue? RetryAfter)> TrySignedAsync(
        byte[] body,
        long timestamp,
        string signature,
        CancellationToken cancel
    )
    {
        using var timeout = new CancellationTokenSource(rules.AnswerTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Add("x-cio-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
            request.Headers.Add("x-cio-signature", signature);
            using var response = await http.SendAsync(request, both.Token);
            var text = await response.Content.ReadAsStringAsync(both.Token);
            return (new OutcomeAnswer((int)response.StatusCode, StatusIn(text), 1, WasRefused: false), response.Headers.RetryAfter);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return (new OutcomeAnswer(0, null, 1, WasRefused: false), null);
        }
    }

    private string Sign(long timestamp, byte[] body)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"v0:{timestamp}:")), .. body];
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(signingKey), signed));
    }

    private static string? StatusIn(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("status", out var status)
                && status.ValueKind == JsonValueKind.String
                ? status.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
