using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>Webhook bodies of these tests: one valid event; each test changes the one thing it covers.</summary>
internal static class Sample
{
    public const string Key = "high_intent_cart_7d_v1";

    /// <summary>The time of the Host in these tests.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 30, 0, TimeSpan.Zero);

    private static int _ids;

    public static string NewId() => string.Create(CultureInfo.InvariantCulture, $"event-{Interlocked.Increment(ref _ids)}");

    /// <summary>An add with a unique id, for a unique customer.</summary>
    public static JsonObject Event()
    {
        var id = NewId();
        return new JsonObject
        {
            ["schema_version"] = 1,
            ["event"] = "audience_add",
            ["event_id"] = id,
            ["audience_key"] = Key,
            ["occurred_at"] = "2026-11-21T09:20:11.123Z",
            ["person"] = new JsonObject { ["customer_id"] = "customer of " + id },
        };
    }

    /// <summary>The event with one field changed, or added.</summary>
    public static JsonObject With(string field, JsonNode? value)
    {
        var sample = Event();
        sample[field] = value;
        return sample;
    }

    /// <summary>The event for this person.</summary>
    public static JsonObject Of(JsonObject person) => With("person", person);

    public static JsonObject Without(params string[] fields)
    {
        var sample = Event();
        foreach (var field in fields)
        {
            sample.Remove(field).ShouldBeTrue(field);
        }

        return sample;
    }

    public static string Array(IEnumerable<JsonNode?> items) => new JsonArray([.. items]).ToJsonString();

    public static string Events(int count) => Array(Enumerable.Range(0, count).Select(_ => (JsonNode?)Event()));

    /// <summary>The event with text inserted before its last brace, for input that no JSON writer would write.</summary>
    public static string Raw(string fields) => Event().ToJsonString()[..^1] + "," + fields + "}";

    public static Task<Answer> PostAsync(this TestHost host, JsonObject sample) => host.PostAsync(sample.ToJsonString());

    public static Task<Answer> PostAsync(this TestHost host, JsonObject sample, string header, string value)
    {
        var request = Webhook.Signed(sample.ToJsonString(), host.Clock.GetUtcNow());
        request.Headers.Add(header, value);
        return host.SendAsync(request);
    }

    public static string? ReceiptId(this Answer answer) => answer.Json.GetProperty("receipt_id").GetString();

    /// <summary>The warnings of an accepted event: code and field of each omission.</summary>
    public static IReadOnlyList<string> Warnings(this Answer answer)
    {
        answer.Status.ShouldBe(200, answer.Text);
        return Warnings(answer.Json);
    }

    /// <summary>The same for one receipt of an array.</summary>
    public static IReadOnlyList<string> Warnings(JsonElement receipt) =>
        receipt.TryGetProperty("warnings", out var warnings)
            ?
            [
                .. warnings
                    .EnumerateArray()
                    .Select(warning => $"{warning.GetProperty("code").GetString()} {warning.GetProperty("field").GetString()}"),
            ]
            : [];

    /// <summary>The stored data in the log for the receipt of an accepted event.</summary>
    public static Task<string> StoredAsync(this TestHost host, Answer accepted)
    {
        accepted.Status.ShouldBe(200, accepted.Text);
        return host.ScalarAsync<string>($"select data::text from mt_events where id = '{accepted.ReceiptId()}'");
    }
}
