using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Audiences;

/// <summary>Requests of these tests to a Host.</summary>
internal static class RegistryStage
{
    public const string Audience = "high_intent_cart_7d";

    /// <summary>Executes an operator request.</summary>
    public static async Task<Answer> PostAsOperatorAsync(this TestHost host, string path, object body)
    {
        using var response = await host.Operator.PostAsJsonAsync("/v1/" + path, body);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Executes an operator request that must succeed, and returns its changes.</summary>
    public static async Task<List<string>> ApplyChangeAsync(this TestHost host, string path, object body)
    {
        var answer = await host.PostAsOperatorAsync(path, body);
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Json.GetProperty("changes").EnumerateArray().Select(change => change.GetString()!).ToList();
    }

    public static async Task<Answer> SendEventAsync(
        this TestHost host,
        string operation,
        string key,
        string person,
        string? id = null,
        int second = 0
    )
    {
        var sent = new JsonObject
        {
            ["event"] = "audience_" + operation,
            ["event_id"] = id ?? $"{operation} {key} {person} {second}",
            ["audience_key"] = key,
            ["occurred_at"] = new DateTimeOffset(2026, 1, 1, 0, 0, second, TimeSpan.Zero).ToString("O"),
            ["person"] = new JsonObject { ["email"] = person + "@example.com" },
        };
        return await host.PostAsync(sent.ToJsonString());
    }

    public static async Task<List<string>> HistoryAsync(this TestHost host, string audience = Audience) =>
        [
            .. (await host.GetAsync($"/v1/audiences/{audience}/history"))
                .GetProperty("changes")
                .EnumerateArray()
                .Select(change => $"{change.GetProperty("by").GetString()}: {change.GetProperty("event").GetString()}"),
        ];

    /// <summary>The people on the list, by the digests of their addresses.</summary>
    public static async Task<List<string>> HeldAsync(this TestHost host, int remote, IEnumerable<string> people)
    {
        var held = await host.Sandbox.HeldAsync(TestHost.Remote(remote), "EMAIL");
        var known = people.Where(person => held.Contains(Digest(person))).ToList();
        held.Count.ShouldBe(known.Count, "an unknown digest is on the list");
        return known;
    }

    private static string Digest(string person) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(person + "@example.com")));
}
