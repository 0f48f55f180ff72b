using System.Net.Http.Headers;
using System.Text.Json;

namespace AudienceSync.Shop.Watching;

/// <summary>The engine's query interface, with the operator's token.</summary>
internal sealed class EngineApi(HttpClient http, Uri root, string operatorToken)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The status as sent and as read.</summary>
    /// <exception cref="HttpRequestException">No answer, or not 200.</exception>
    /// <exception cref="JsonException">The answer is not a status.</exception>
    public async Task<(string Text, EngineStatus Status)> StatusAsync(CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(root, "/v1/status"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", operatorToken);
        using var response = await http.SendAsync(request, cancel);
        response.EnsureSuccessStatusCode();
        var text = await response.Content.ReadAsStringAsync(cancel);
        return (text, JsonSerializer.Deserialize<EngineStatus>(text, Json) ?? throw new JsonException("the status is null"));
    }
}
