using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using AudienceSync.Shop.Alerts;
using AudienceSync.Shop.Exposures;

namespace AudienceSync.Shop.Watching;

/// <summary>The engine's query interface, with the operator's token.</summary>
internal sealed class EngineApi(HttpClient http, Uri root, string operatorToken)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>The status as sent and as parsed.</summary>
    /// <exception cref="HttpRequestException">No answer, or not 200.</exception>
    /// <exception cref="JsonException">The answer is not a status.</exception>
    public async Task<(string Text, EngineStatus Status)> StatusAsync(CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Get, "/v1/status", cancel);
        var text = await response.Content.ReadAsStringAsync(cancel);
        return (text, JsonSerializer.Deserialize<EngineStatus>(text, Json) ?? throw new JsonException("the status is null"));
    }

    /// <summary>Approves, as the operator of the shop, a plan with many removals at once.</summary>
    /// <exception cref="HttpRequestException">No answer, or not 200.</exception>
    public async Task ApproveAsync(PlanStatus plan, CancellationToken cancel)
    {
        using var response = await SendAsync(
            HttpMethod.Post,
            string.Create(CultureInfo.InvariantCulture, $"/v1/plans/{plan.Plan}/approve"),
            cancel
        );
    }

    /// <summary>Resumes, as the operator of the shop, an ad account whose cause was corrected.</summary>
    /// <exception cref="HttpRequestException">No answer, or not 200.</exception>
    public async Task ResumeAsync(string destination, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Post, $"/v1/destinations/{destination}/resume", cancel);
    }

    /// <summary>What is wrong, and what people were sent about it.</summary>
    /// <exception cref="HttpRequestException">No answer, or not 200.</exception>
    public async Task<EngineAlerts> AlertsAsync(CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Get, "/v1/alerts?limit=1000", cancel);
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        return await JsonSerializer.DeserializeAsync<EngineAlerts>(body, Json, cancel) ?? throw new JsonException("the alerts are null");
    }

    /// <summary>The rows of the exposure log behind a position, up to the most of one answer; empty at the end.</summary>
    /// <exception cref="HttpRequestException">No answer, or not 200.</exception>
    public async Task<IReadOnlyList<ExposureRow>> ExposuresAsync(long since, CancellationToken cancel)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/v1/exposures?since={since}");
        using var response = await SendAsync(HttpMethod.Get, path, cancel);
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        return await ExposureFiles.ReadAsync<ExposureRow>(body, cancel);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, new Uri(root, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", operatorToken);
        var response = await http.SendAsync(request, cancel);
        return response.EnsureSuccessStatusCode();
    }
}
