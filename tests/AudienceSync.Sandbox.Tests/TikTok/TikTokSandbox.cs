using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AudienceSync.Sandbox.TikTok;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;

namespace AudienceSync.Sandbox.Tests.TikTok;

/// <summary>
/// A sandbox in memory with one advertiser of two audiences, another with another token, and a clock that does not advance by itself.
/// </summary>
internal sealed class TikTokSandbox : IAsyncDisposable
{
    public const string Advertiser = "7000000000000000001";
    public const string SisterAdvertiser = "7000000000000000002";
    public const string ForeignAdvertiser = "7000000000000000003";
    public const string Audience = "1234";
    public const string OtherAudience = "5678";
    public const string ForeignAudience = "9999";

    private const string Root = "/open_api/v1.3/";

    private readonly WebApplication app;

    private TikTokSandbox(WebApplication app, SandboxTime clock)
    {
        this.app = app;
        Clock = clock;
        Client = app.GetTestClient();
    }

    public SandboxTime Clock { get; }

    public HttpClient Client { get; }

    public static async Task<TikTokSandbox> StartAsync(TikTokSettings? settings = null, TikTokSettings? sister = null)
    {
        var clock = new SandboxTime();
        var options = new SandboxOptions
        {
            Accounts =
            [
                new AccountSettings
                {
                    Platform = "tiktok",
                    Account = Advertiser,
                    Token = "tt-1",
                    Audiences = [Audience, OtherAudience],
                    TikTok = settings,
                },
                new AccountSettings
                {
                    Platform = "tiktok",
                    Account = SisterAdvertiser,
                    Token = "tt-1",
                    Audiences = ["4321"],
                    TikTok = sister,
                },
                new AccountSettings
                {
                    Platform = "tiktok",
                    Account = ForeignAdvertiser,
                    Token = "tt-2",
                    Audiences = [ForeignAudience],
                },
            ],
        };
        var started = SandboxApp.Create(options, clock, builder => builder.WebHost.UseTestServer());
        await started.StartAsync();
        return new TikTokSandbox(started, clock);
    }

    public static object Id(string value, params string[] audiences) =>
        new { id = Sample.Hash(value), audience_ids = audiences.Length == 0 ? [Audience] : audiences };

    /// <summary>The body of a valid email mapping; tests change the field under test.</summary>
    public static Dictionary<string, object> Body(string action, params string[] emails) =>
        new()
        {
            ["advertiser_ids"] = new[] { Advertiser },
            ["action"] = action,
            ["id_schema"] = new[] { "EMAIL_SHA256" },
            ["batch_data"] = emails.Select(email => new[] { Id(email) }).ToArray(),
        };

    public Task<Response> AddAsync(params string[] emails) => PostAsync("segment/mapping/", Body("add", emails));

    public Task<Response> RemoveAsync(params string[] emails) => PostAsync("segment/mapping/", Body("delete", emails));

    public Task<Response> PostAsync(string path, object body, string? token = "tt-1") =>
        SendAsync(
            new HttpRequestMessage(HttpMethod.Post, Root + path)
            {
                Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
            },
            token
        );

    public Task<Response> GetAsync(string path, string? token = "tt-1") =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, Root + path), token);

    public Task<JsonElement> AdminAsync(string path) => Client.GetFromJsonAsync<JsonElement>($"/admin/{path}");

    public async Task<JsonElement> DetailsAsync(string audience = Audience)
    {
        var response = await GetAsync($"dmp/custom_audience/get/?advertiser_id={Advertiser}&custom_audience_ids=%5B%22{audience}%22%5D");
        response.ApiCode().ShouldBe(0, response.Text);
        return response.Json.GetProperty("data").GetProperty("list")[0].GetProperty("audience_details");
    }

    public async Task FaultAsync(object rule) =>
        (await Client.PostAsJsonAsync("/admin/faults", rule)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Created);

    public async Task<string[]> HeldAsync(string key = "EMAIL_SHA256", string audience = Audience)
    {
        var digests = (await AdminAsync($"lists/{audience}")).GetProperty("digests");
        return digests.TryGetProperty(key, out var held) ? [.. held.EnumerateArray().Select(digest => digest.GetString()!)] : [];
    }

    public async Task<JsonElement> TotalsAsync(string operation) =>
        (await AdminAsync("calls"))
            .GetProperty("totals")
            .EnumerateArray()
            .Single(total =>
                total.GetProperty("operation").GetString() == operation && total.GetProperty("audience").GetString() == Audience
            );

    public static string[] Sorted(params string[] values) => [.. values.Select(Sample.Hash).Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }

    private async Task<Response> SendAsync(HttpRequestMessage request, string? token)
    {
        using (request)
        {
            if (token is not null)
            {
                request.Headers.Add("Access-Token", token);
            }

            using var response = await Client.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            var isJson = response.Content.Headers.ContentType?.MediaType == "application/json";
            return new Response(
                (int)response.StatusCode,
                isJson ? JsonSerializer.Deserialize<JsonElement>(text) : default,
                response.Headers,
                text
            );
        }
    }
}
