using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Audiences;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Holding;

/// <summary>Requests and waits for tests with very many removals, or none at all.</summary>
internal static class HoldStage
{
    public const string First = "high_intent_cart_7d_v1";
    public const string Second = "high_intent_cart_7d_v2";

    private const int EventsPerRequest = 500;

    public static OffsetClock NewClock() => new(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));

    public static string[] People(int from, int to) =>
        [.. Enumerable.Range(from, to - from).Select(n => string.Create(CultureInfo.InvariantCulture, $"person{n}"))];

    /// <summary>Sends the same event for many people.</summary>
    public static async Task SendEventsAsync(
        this TestHost host,
        string operation,
        IReadOnlyList<string> people,
        int second = 0,
        string key = First
    )
    {
        foreach (var chunk in people.Chunk(EventsPerRequest))
        {
            var events = new JsonArray([
                .. chunk.Select(person =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["event"] = "audience_" + operation,
                            ["event_id"] = $"{operation} {key} {person} {second}",
                            ["audience_key"] = key,
                            ["occurred_at"] = new DateTimeOffset(2026, 1, 1, 0, 0, second, TimeSpan.Zero).ToString("O"),
                            ["person"] = new JsonObject { ["email"] = person + "@example.com" },
                        }
                ),
            ]);
            (await host.PostAsync(events.ToJsonString())).Status.ShouldBe(200);
        }
    }

    /// <summary>Waits until the status row of a remote audience meets a condition.</summary>
    public static Task<JsonElement> UntilBindingAsync(
        this TestHost host,
        int remote,
        Func<JsonElement, bool> isRight,
        Action? meanwhile = null
    ) =>
        host.UntilAsync(
            async () =>
                (await host.GetAsync("/v1/status"))
                    .GetProperty("bindings")
                    .EnumerateArray()
                    .Single(binding => binding.GetProperty("remote").GetString() == TestHost.Remote(remote)),
            isRight,
            meanwhile
        );

    /// <summary>Waits until a list has this many members.</summary>
    public static Task UntilHeldAsync(this TestHost host, int remote, int people, Action? meanwhile = null) =>
        host.UntilAsync(
            async () => JsonSerializer.SerializeToElement((await host.Sandbox.HeldAsync(TestHost.Remote(remote), "EMAIL")).Count),
            held => held.GetInt32() == people,
            meanwhile
        );

    /// <summary>Waits until a plan exists, and returns it.</summary>
    public static async Task<JsonElement> PlanAsync(this TestHost host)
    {
        var held = await host.UntilAsync(() => host.GetAsync("/v1/plans"), held => held.GetProperty("plans").GetArrayLength() > 0);
        return held.GetProperty("plans").EnumerateArray().Single();
    }

    /// <summary>Waits until every resync has ended.</summary>
    public static Task FinishedAsync(this TestHost host, Action? meanwhile = null) =>
        host.UntilAsync(
            () => host.GetAsync("/v1/resyncs"),
            answer => answer.GetProperty("resyncs").EnumerateArray().All(resync => resync.Text("state") == "finished"),
            meanwhile
        );

    public static long Number(this JsonElement row, string field) => row.GetProperty(field).GetInt64();

    public static string? Text(this JsonElement row, string field) => row.GetProperty(field).GetString();

    public static Task<long> CallsAsync(this TestHost host) => host.ScalarAsync<long>("select count(*) from calls");

    /// <summary>Executes an operator request that must succeed.</summary>
    public static async Task<JsonElement> ExecuteAsOperatorAsync(this TestHost host, string path, object body)
    {
        var answer = await host.PostAsOperatorAsync(path, body);
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Json;
    }
}
