using System.Net.Http.Headers;
using System.Text.Json;

namespace AudienceSync.Host.Tests.Serving;

/// <summary>An HTTP response, read to its end.</summary>
/// <param name="Type">The media type without parameters.</param>
public sealed record Answer(int Status, string Text, string? Type, HttpResponseHeaders Headers)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Text);

    /// <summary>The stable code of a refusal or a quarantined event.</summary>
    public string? Code => Json.TryGetProperty("code", out var code) ? code.GetString() : null;

    /// <summary>The receipts of an array, in order.</summary>
    public IReadOnlyList<JsonElement> Results => [.. Json.GetProperty("results").EnumerateArray()];

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) =>
        new(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Content.Headers.ContentType?.MediaType,
            response.Headers
        );
}
