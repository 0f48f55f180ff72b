using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Feedback;
using AudienceSync.Shop.Journeys;
using AudienceSync.Shop.Oracle;
using AudienceSync.Shop.Outcomes;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Watching;

/// <summary>What the imitated platform holds for one audience.</summary>
internal sealed record PlatformList(int People, DigestSet Digests);

/// <summary>An incident at the imitated PagerDuty.</summary>
internal sealed record PagerIncident(string DedupKey, int Triggers, bool Resolved);

/// <summary>The sandbox's admin interface, which exposes what the real platforms never do.</summary>
internal sealed class SandboxApi(HttpClient http, Uri root, string adminToken)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <exception cref="HttpRequestException">No answer, or not 200.</exception>
    public async Task<PlatformList> ListAsync(Destination destination, IJourney journey, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Get, $"/admin/lists/{destination.RemoteOf(journey)}", null, cancel);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancel));
        var digests = json.RootElement.GetProperty("digests");
        return new PlatformList(
            json.RootElement.GetProperty("people").GetInt32(),
            new DigestSet(Set(digests, destination.EmailKey), Set(digests, destination.PhoneKey))
        );
    }

    /// <exception cref="HttpRequestException">No answer, or not a success.</exception>
    public async Task AddFaultAsync(Fault fault, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Post, "/admin/faults", JsonSerializer.Serialize(fault, Fault.Json), cancel);
    }

    /// <summary>Registers ad accounts at the sandbox.</summary>
    /// <exception cref="HttpRequestException">No answer, or not a success.</exception>
    public async Task PutAccountsAsync(string accounts, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Post, "/admin/accounts", accounts, cancel);
    }

    /// <summary>Creates the shop's customers in its workspace at Customer.io, where messages come from.</summary>
    /// <exception cref="HttpRequestException">No answer, or not a success.</exception>
    public async Task PutPeopleAsync(string site, IEnumerable<Customer> customers, CancellationToken cancel)
    {
        var people = customers.Select(customer => new
        {
            id = customer.CustomerId,
            email = customer.Email,
            cio_id = OutcomeWriter.CioIdOf(customer.Number),
        });
        using var response = await SendAsync(HttpMethod.Post, PathOf(site, "people"), JsonSerializer.Serialize(people), cancel);
    }

    /// <summary>Everybody in a workspace, with attributes and events.</summary>
    /// <exception cref="HttpRequestException">No answer, or not a success.</exception>
    public Task<IReadOnlyList<TrackPerson>> PeopleAsync(string site, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<TrackPerson>>(PathOf(site, "people"), cancel);

    /// <summary>The items that were refused by rule in answers 207.</summary>
    /// <exception cref="HttpRequestException">No answer, or not a success.</exception>
    public Task<IReadOnlyList<RefusedItem>> RefusedAsync(string site, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<RefusedItem>>(PathOf(site, "refused"), cancel);

    /// <summary>The texts of the messages in a Slack channel.</summary>
    /// <exception cref="HttpRequestException">No answer, or not a success.</exception>
    public async Task<IReadOnlyList<string>> SlackAsync(string account, CancellationToken cancel) =>
        [.. (await ReadAsync<IReadOnlyList<SlackText>>($"/admin/slack/{account}", cancel)).Select(message => message.Text)];

    /// <summary>The incidents at PagerDuty.</summary>
    /// <exception cref="HttpRequestException">No answer, or not a success.</exception>
    public async Task<IReadOnlyList<PagerIncident>> IncidentsAsync(string account, CancellationToken cancel) =>
        (await ReadAsync<PagerIncidents>($"/admin/pagerduty/{account}", cancel)).Incidents;

    private static string PathOf(string site, string what) => $"/admin/customerio/{site}/{what}";

    private async Task<T> ReadAsync<T>(string path, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, cancel);
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        return await JsonSerializer.DeserializeAsync<T>(body, Json, cancel) ?? throw new HttpRequestException($"{path} answered null");
    }

    private static HashSet<string> Set(JsonElement digests, string matchKey) =>
        digests.TryGetProperty(matchKey, out var list)
            ? list.EnumerateArray().Select(item => item.GetString()!).ToHashSet(StringComparer.Ordinal)
            : [];

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, new Uri(root, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", adminToken);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        var response = await http.SendAsync(request, cancel);
        return response.EnsureSuccessStatusCode();
    }

    private sealed record SlackText(string Text);

    private sealed record PagerIncidents(IReadOnlyList<PagerIncident> Incidents);
}
