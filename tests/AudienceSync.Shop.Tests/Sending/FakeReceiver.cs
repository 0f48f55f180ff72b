using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using AudienceSync.Shop.Sending;

namespace AudienceSync.Shop.Tests.Sending;

/// <summary>The webhook contract in memory, with a bad connection: every n-th request is dropped after it was handled.</summary>
internal sealed class FakeReceiver(SenderKeys keys, DateTimeOffset now, int dropEvery) : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, string> _receipts = new(StringComparer.Ordinal);
    private int _requests;

    public int DistinctEvents => _receipts.Count;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        var response = Answer(request, body);
        return Interlocked.Increment(ref _requests) % dropEvery == 0 ? throw new HttpRequestException("dropped") : response;
    }

    private HttpResponseMessage Answer(HttpRequestMessage request, byte[] body)
    {
        var credentials = request.Headers.Authorization!;
        var token = credentials.Scheme == "Basic"
            ? Encoding.UTF8.GetString(Convert.FromBase64String(credentials.Parameter!)).Split(':')[1]
            : credentials.Parameter;
        var timestamp = long.Parse(request.Headers.GetValues("X-CIO-Timestamp").Single());
        if (token != keys.Token || request.Headers.GetValues("X-CIO-Signature").Single() != keys.Sign(timestamp, body))
        {
            return Problem(401);
        }

        if (body.Length > 1024 * 1024)
        {
            return Problem(413);
        }

        return request.Content!.Headers.ContentType!.MediaType == "application/json" ? AnswerJson(request, body) : Problem(415);
    }

    private HttpResponseMessage AnswerJson(HttpRequestMessage request, byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Array)
            {
                var (status, answer) = Judge(json.RootElement, HeaderId(request));
                return status == 422 ? Problem(422) : Say(status, JsonSerializer.Serialize(answer));
            }

            var results = json.RootElement.EnumerateArray().Select(item => Judge(item, null)).ToArray();
            return Say(results.Max(result => result.Status) == 200 ? 200 : 202, JsonSerializer.Serialize(new { results = results.Select(result => result.Answer) }));
        }
        catch (JsonException)
        {
            return Problem(422);
        }
    }

    private (int Status, object Answer) Judge(JsonElement item, string? headerId)
    {
        var hasPerson = item.TryGetProperty("person", out _) || item.TryGetProperty("email", out _)
            || item.TryGetProperty("phone", out _) || item.TryGetProperty("customer_id", out _);
        if (!hasPerson)
        {
            return (422, new { status = "refused", code = "missing_person" });
        }

        var id = item.TryGetProperty("event_id", out var own) ? own.GetString()! : headerId ?? item.GetRawText();
        var code = QuarantineCode(item, id);
        return code is null
            ? (200, new { status = "accepted", receipt_id = _receipts.GetOrAdd(id, _ => Guid.NewGuid().ToString()) })
            : (202, new { status = "quarantined", receipt_id = Guid.NewGuid().ToString(), code });
    }

    private string? QuarantineCode(JsonElement item, string id)
    {
        var isFuture = DateTimeOffset.TryParse(item.GetProperty("occurred_at").ToString(), out var at)
            || (long.TryParse(item.GetProperty("occurred_at").ToString(), out var seconds) && (at = DateTimeOffset.FromUnixTimeSeconds(seconds)) != default);
        return item switch
        {
            _ when id == "unsent" => "test_send",
            _ when item.GetProperty("schema_version").GetInt32() > 1 => "newer_schema_version",
            _ when item.GetProperty("audience_key").GetString()!.StartsWith("nobody", StringComparison.Ordinal) => "unknown_audience_key",
            _ when isFuture && at > now.AddHours(24) => "occurred_in_future",
            _ => null,
        };
    }

    private static string? HeaderId(HttpRequestMessage request) =>
        request.Headers.TryGetValues("x-cio-idempotency-key", out var key) ? key.Single()
        : request.Headers.TryGetValues("x-cio-delivery-id", out var delivery) ? delivery.Single()
        : null;

    private static HttpResponseMessage Problem(int status) => Say(status, """{"code":"refused"}""");

    private static HttpResponseMessage Say(int status, string body) => new((HttpStatusCode)status) { Content = new StringContent(body) };
}
