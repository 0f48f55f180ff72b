using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Shop.Journeys;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Decisions;

/// <summary>What the engine answered about a person, reduced to the fields that are compared.</summary>
/// <param name="IsFallback">There was no answer in time.</param>
/// <param name="In">By audience or key, as asked for.</param>
internal sealed record DecisionAnswer(
    bool IsFallback,
    bool? Known,
    bool? Suppressed,
    bool? EmailDeliverable,
    IReadOnlyDictionary<string, bool?> In
);

/// <summary>Asks about a person as a step of a journey does.</summary>
internal sealed class DecisionApi(HttpMessageInvoker http, Uri url, SenderKeys keys, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <param name="names">Audiences and keys; empty for all audiences.</param>
    /// <returns>Null when there was no answer that the contract has; then the status is the reason.</returns>
    public async Task<(DecisionAnswer? Answer, int Status)> AskAsync(
        Customer customer,
        Identifiers by,
        IReadOnlyList<string> names,
        CancellationToken cancel
    )
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            using var request = Write(customer, by, names);
            using var response = await http.SendAsync(request, both.Token);
            var text = await response.Content.ReadAsStringAsync(both.Token);
            return ((int)response.StatusCode == 200 ? Read(text, names) : null, (int)response.StatusCode);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return (null, 0);
        }
    }

    private HttpRequestMessage Write(Customer customer, Identifiers by, IReadOnlyList<string> names)
    {
        var person = new JsonObject();
        if (by.HasFlag(Identifiers.CustomerId))
        {
            person["customer_id"] = customer.CustomerId;
        }

        if (by.HasFlag(Identifiers.Email))
        {
            person["email"] = customer.Email;
        }

        if (by.HasFlag(Identifiers.Phone))
        {
            person["phone"] = $"+{customer.PhoneDigits}";
        }

        var body = new JsonObject { ["person"] = person };
        if (names.Count > 0)
        {
            body["audiences"] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]);
        }

        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", keys.Token);
        request.Headers.Add("X-CIO-Timestamp", now.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("X-CIO-Signature", keys.Sign(now, bytes));
        return request;
    }

    private static DecisionAnswer? Read(string text, IReadOnlyList<string> names)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            var asked = names.Count > 0 ? names : [.. JourneyList.All.Select(journey => journey.Audience)];
            return new DecisionAnswer(
                Bool(root, "fallback") == true,
                Bool(root, "known"),
                Bool(root, "suppressed"),
                Bool(root, "email_deliverable"),
                asked.ToDictionary(name => name, name => Bool(root, $"in_{name}"), StringComparer.Ordinal)
            );
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool? Bool(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : null;
}
