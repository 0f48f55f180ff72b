using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudienceSync.Sandbox.Google;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;

namespace AudienceSync.Sandbox.Tests.Google;

/// <summary>A sandbox in memory with one Ads account of two lists, another account, and a clock that does not advance by itself.</summary>
internal sealed class GoogleSandbox : IAsyncDisposable
{
    public const string Account = "7693729833";
    public const string ListId = "7090784486";
    public const string OtherList = "7090784487";
    public const string ForeignAccount = "5550001111";
    public const string ForeignList = "7090789999";

    private readonly WebApplication app;

    private GoogleSandbox(WebApplication app, SandboxTime clock)
    {
        this.app = app;
        Clock = clock;
        Client = app.GetTestClient();
    }

    public SandboxTime Clock { get; }

    public HttpClient Client { get; }

    public string Token { get; set; } = "";

    public static async Task<GoogleSandbox> StartAsync(GoogleSettings? settings = null)
    {
        var clock = new SandboxTime();
        var options = new SandboxOptions
        {
            Accounts =
            [
                new AccountSettings
                {
                    Platform = "google",
                    Account = Account,
                    Token = "refresh-1",
                    Audiences = [ListId, OtherList],
                    Google = settings,
                },
                new AccountSettings
                {
                    Platform = "google",
                    Account = ForeignAccount,
                    Token = "refresh-2",
                    Audiences = [ForeignList],
                },
            ],
        };
        var started = SandboxApp.Create(options, clock, builder => builder.WebHost.UseTestServer());
        await started.StartAsync();
        var sandbox = new GoogleSandbox(started, clock);
        sandbox.Token = (await sandbox.TokenAsync()).Json.GetProperty("access_token").GetString()!;
        return sandbox;
    }

    public Task<Response> TokenAsync(string refreshToken = "refresh-1", string secret = "sandbox-secret") =>
        TokenAsync(
            new Dictionary<string, string>
            {
                ["grant_type"] = "refresh_token",
                ["client_id"] = "sandbox-client",
                ["client_secret"] = secret,
                ["refresh_token"] = refreshToken,
            }
        );

    public Task<Response> TokenAsync(Dictionary<string, string> form) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, "/token") { Content = new FormUrlEncodedContent(form) });

    public static object Destination(string list = ListId, string account = Account) =>
        new
        {
            reference = list,
            operatingAccount = new { accountType = "GOOGLE_ADS", accountId = account },
            productDestinationId = list,
        };

    public static object Email(string value) =>
        new { userData = new { userIdentifiers = new object[] { new { emailAddress = Sample.Hash(value) } } } };

    /// <summary>The body of a valid ingest; tests change the field under test.</summary>
    public static Dictionary<string, object> Body(params object[] members) =>
        new()
        {
            ["destinations"] = new[] { Destination() },
            ["audienceMembers"] = members,
            ["consent"] = new { adUserData = "CONSENT_GRANTED", adPersonalization = "CONSENT_GRANTED" },
            ["encoding"] = "HEX",
            ["termsOfService"] = new { customerMatchTermsOfServiceStatus = "ACCEPTED" },
        };

    public Task<Response> IngestAsync(params object[] members) => PostAsync("/v1/audienceMembers:ingest", Body(members));

    public Task<Response> RemoveAsync(params object[] members)
    {
        var body = Body(members);
        body.Remove("consent");
        body.Remove("termsOfService");
        return PostAsync("/v1/audienceMembers:remove", body);
    }

    public Task<Response> RemoveAllAsync(string? asOf = null)
    {
        var body = new Dictionary<string, object> { ["destinations"] = new[] { Destination() } };
        if (asOf is not null)
        {
            body["removeAsOfTime"] = asOf;
        }

        return PostAsync("/v1/audienceMembers:removeAll", body);
    }

    public Task<Response> PostAsync(string path, object body) =>
        SendAsync(
            new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
            }
        );

    public Task<Response> DeleteAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Delete, path));

    public Task<Response> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>The status of the request's first destination.</summary>
    public async Task<JsonElement> StatusAsync(Response accepted) =>
        (await GetAsync($"/v1/requestStatus:retrieve?requestId={accepted.Json.GetProperty("requestId").GetString()}")).Json.GetProperty(
            "requestStatusPerDestination"
        )[0];

    public async Task<string?> StateAsync(Response accepted) => (await StatusAsync(accepted)).GetProperty("requestStatus").GetString();

    /// <summary>Advances the clock so that accepted requests take effect.</summary>
    public void Complete() => Clock.Advance(TimeSpan.FromSeconds(60));

    public async Task FaultAsync(object rule) =>
        (await Client.PostAsJsonAsync("/admin/faults", rule)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Created);

    public async Task<string[]> HeldAsync(string key = "emailAddress", string list = ListId)
    {
        var digests = (await GetAsync($"/admin/lists/{list}")).Json.GetProperty("digests");
        return digests.TryGetProperty(key, out var held) ? [.. held.EnumerateArray().Select(digest => digest.GetString()!)] : [];
    }

    public async Task<JsonElement> TotalsAsync(string operation) =>
        (await GetAsync("/admin/calls"))
            .Json.GetProperty("totals")
            .EnumerateArray()
            .Single(total =>
                total.GetProperty("operation").GetString() == operation && total.GetProperty("audience").GetString() is ListId or null
            );

    public static string[] Sorted(params string[] values) => [.. values.Select(Sample.Hash).Order(StringComparer.Ordinal)];

    /// <summary>An assertion of a service account.</summary>
    public static string Jwt(RSA key, object claims, string algorithm = "RS256")
    {
        static string Part(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
        var signed =
            Part(JsonSerializer.SerializeToUtf8Bytes(new { alg = algorithm, typ = "JWT" }))
            + "."
            + Part(JsonSerializer.SerializeToUtf8Bytes(claims));
        return signed + "." + Part(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }

    private async Task<Response> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            request.Headers.Authorization = Token.Length == 0 ? null : new AuthenticationHeaderValue("Bearer", Token);
            using var response = await Client.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
            return new Response(
                (int)response.StatusCode,
                isJson ? JsonSerializer.Deserialize<JsonElement>(text) : default,
                response.Headers,
                text
            );
        }
    }
}
