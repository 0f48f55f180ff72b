using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;

namespace AudienceSync.Sandbox.Tests;

/// <summary>A response with its JSON, when it has any.</summary>
internal sealed record Response(int Status, JsonElement Json, HttpResponseHeaders Headers, string Text)
{
    public JsonElement Error => Json.GetProperty("error");

    public int Code => Error.GetProperty("code").GetInt32();

    public int? Subcode => Error.TryGetProperty("error_subcode", out var subcode) ? subcode.GetInt32() : null;

    public int Invalid => Json.GetProperty("num_invalid_entries").GetInt32();

    public JsonElement Samples => Json.GetProperty("invalid_entry_samples");
}

/// <summary>
/// A sandbox in memory with one account of two audiences, one account with an app secret, and a clock that does not advance by itself.
/// </summary>
internal sealed class RunningSandbox : IAsyncDisposable
{
    public const string Audience = "238500000000001";
    public const string OtherAudience = "238500000000002";
    public const string ProofAudience = "238500000000003";

    private readonly WebApplication app;

    private RunningSandbox(WebApplication app, SandboxTime clock, bool onRealPort)
    {
        this.app = app;
        Clock = clock;
        Client = onRealPort ? new HttpClient { BaseAddress = new Uri(app.Urls.Single()) } : app.GetTestClient();
    }

    public SandboxTime Clock { get; }

    public HttpClient Client { get; }

    public static async Task<RunningSandbox> StartAsync(
        int? callsPerHour = null,
        string tier = "standard_access",
        string? adminToken = null,
        bool onRealPort = false,
        bool methodOverride = false
    )
    {
        var clock = new SandboxTime();
        var options = new SandboxOptions
        {
            Urls = "http://127.0.0.1:0",
            AdminToken = adminToken,
            Accounts =
            [
                new AccountSettings
                {
                    Account = "act_1",
                    Token = "token-1",
                    Tier = tier,
                    CallsPerHour = callsPerHour,
                    MethodOverride = methodOverride,
                    Audiences = [Audience, OtherAudience],
                },
                new AccountSettings
                {
                    Account = "act_2",
                    Token = "ABC",
                    AppSecret = "dummySecret",
                    Audiences = [ProofAudience],
                },
            ],
        };
        var started = SandboxApp.Create(options, clock, onRealPort ? null : builder => builder.WebHost.UseTestServer());
        await started.StartAsync();
        return new RunningSandbox(started, clock, onRealPort);
    }

    public Task<Response> AddAsync(object schema, params object[][] rows) => UsersAsync(HttpMethod.Post, schema, rows);

    public Task<Response> RemoveAsync(object schema, params object[][] rows) => UsersAsync(HttpMethod.Delete, schema, rows);

    public Task<Response> UsersAsync(HttpMethod method, object schema, object data, string audience = Audience) =>
        SendAsync(method, $"/v25.0/{audience}/users", JsonSerializer.Serialize(new { payload = new { schema, data } }));

    public Task<Response> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public async Task<Response> SendAsync(
        HttpMethod method,
        string path,
        string? json,
        string? token = "token-1",
        CancellationToken hangUp = default
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await SendAsync(request, hangUp);
    }

    public async Task<Response> SendAsync(HttpRequestMessage request, CancellationToken hangUp = default)
    {
        using var response = await Client.SendAsync(request, hangUp);
        var text = await response.Content.ReadAsStringAsync(hangUp);
        var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        return new Response(
            (int)response.StatusCode,
            isJson ? JsonSerializer.Deserialize<JsonElement>(text) : default,
            response.Headers,
            text
        );
    }

    public async Task FaultAsync(object rule) =>
        (await Client.PostAsJsonAsync("/admin/faults", rule)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Created);

    /// <summary>The sorted digests of a key from the admin API.</summary>
    public async Task<string[]> HeldAsync(string key, string audience = Audience)
    {
        var digests = (await GetAsync($"/admin/lists/{audience}")).Json.GetProperty("digests");
        return digests.TryGetProperty(key, out var held) ? [.. held.EnumerateArray().Select(digest => digest.GetString()!)] : [];
    }

    public async Task<int> PeopleAsync() => (await GetAsync($"/admin/lists/{Audience}")).Json.GetProperty("people").GetInt32();

    public async Task<JsonElement> TotalsAsync(string operation, string? audience = Audience) =>
        (await GetAsync("/admin/calls"))
            .Json.GetProperty("totals")
            .EnumerateArray()
            .Single(total =>
                total.GetProperty("operation").GetString() == operation && total.GetProperty("audience").GetString() == audience
            );

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }
}
