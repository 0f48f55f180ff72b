using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;

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
        var token =
            credentials.Scheme == "Basic"
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

        return request.Content!.Headers.ContentType!.MediaType switch
        {
            "application/json" => AnswerJson(request, body),
            "application/x-www-form-urlencoded" => AnswerJson(request, FormJson.Read(body)),
            _ => Problem(415),
        };
    }

    private HttpResponseMessage AnswerJson(HttpRequestMessage request, byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Array)
            {
                var (status, answer) = Evaluate(json.RootElement, HeaderId(request));
                return status == 422 ? Problem(422) : Respond(status, JsonSerializer.Serialize(answer));
            }

            var results = json.RootElement.EnumerateArray().Select(item => Evaluate(item, null)).ToArray();
            return Respond(
                results.Max(result => result.Status) == 200 ? 200 : 202,
                JsonSerializer.Serialize(new { results = results.Select(result => result.Answer) })
            );
        }
        catch (JsonException)
        {
            return Problem(422);
        }
    }

    private (int Status, object Answer) Evaluate(JsonElement item, string? headerId)
    {
        var hasPerson =
            item.TryGetProperty("person", out _)
            || item.TryGetProperty("email", out _)
            || item.TryGetProperty("phone", out _)
            || item.TryGetProperty("customer_id", out _);
        if (!hasPerson)
        {
            return (422, new { status = "refused", code = "missing_person" });
        }

        var id = item.TryGetProperty("event_id", out var own) ? own.GetString()! : headerId ?? item.GetRawText();
        var (hasPlaceholder, strongest) = PersonOf(item);
        string[] warnings = [.. Warnings(item), .. hasPlaceholder ? ["placeholder"] : Array.Empty<string>()];
        var code =
            id == "unsent" ? "test_send"
            : IsUnknown(item) ? "unknown_audience_key"
            : IsRemoval(item) ? null
            : warnings.FirstOrDefault(warning => warning is "newer_schema_version" or "occurred_in_future");
        if (code is not null)
        {
            return (
                202,
                new
                {
                    status = "quarantined",
                    receipt_id = Guid.NewGuid().ToString(),
                    code,
                }
            );
        }

        var receipt = _receipts.GetOrAdd(
            $"{TypeOf(item)}/{item.GetProperty("audience_key")}/{strongest}/{id}",
            _ => Guid.NewGuid().ToString()
        );
        return (
            200,
            new
            {
                status = "accepted",
                receipt_id = receipt,
                warnings = warnings.Select(warning => new { code = warning }),
            }
        );
    }

    private static bool IsUnknown(JsonElement item) =>
        item.GetProperty("audience_key").GetString()!.StartsWith("nobody", StringComparison.Ordinal);

    private static bool IsRemoval(JsonElement item) => TypeOf(item) == "audience_remove";

    private static string TypeOf(JsonElement item) =>
        item.GetProperty("event").GetString()!.Replace("cio.", string.Empty, StringComparison.Ordinal);

    // The strongest identifier of an event, in one spelling. A placeholder is not an identifier.
    private static (bool HasPlaceholder, string Strongest) PersonOf(JsonElement item)
    {
        var person = item.TryGetProperty("person", out var nested) ? nested : item;
        var values = new[] { "customer_id", "id", "email", "phone" }
            .Select(name => person.TryGetProperty(name, out var value) ? value.GetString() : null)
            .OfType<string>()
            .ToArray();
        var real = values.Where(value => !MessyForms.Placeholders.Contains(value, StringComparer.Ordinal)).ToArray();
        return (real.Length < values.Length, real[0].Trim().ToLowerInvariant());
    }

    private IEnumerable<string> Warnings(JsonElement item)
    {
        if (int.Parse(item.GetProperty("schema_version").ToString(), CultureInfo.InvariantCulture) > 2)
        {
            yield return "newer_schema_version";
        }

        var text = item.GetProperty("occurred_at").ToString();
        var at = long.TryParse(text, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        if (at > now.AddMinutes(5))
        {
            yield return at > now.AddHours(24) ? "occurred_in_future" : "clock_ahead";
        }
    }

    private static string? HeaderId(HttpRequestMessage request) =>
        request.Headers.TryGetValues("x-cio-delivery-id", out var delivery) ? delivery.Single()
        : request.Headers.TryGetValues("x-cio-idempotency-key", out var key) ? key.Single()
        : null;

    private static HttpResponseMessage Problem(int status) => Respond(status, """{"code":"refused"}""");

    private static HttpResponseMessage Respond(int status, string body) =>
        new((HttpStatusCode)status) { Content = new StringContent(body) };
}
