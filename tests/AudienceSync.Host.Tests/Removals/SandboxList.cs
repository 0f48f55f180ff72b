using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AudienceSync.Connectors;
using AudienceSync.Connectors.Sections;
using AudienceSync.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;

namespace AudienceSync.Host.Tests.Removals;

/// <summary>A real connector in front of one list of the sandbox. Removals fail while <see cref="RemovalsFailing"/> is set.</summary>
internal sealed class SandboxList : IAsyncDisposable
{
    public const string Remote = "1001";

    private const string Key = "a-key-of-the-webhook-that-is-long-enough";

    private readonly WebApplication _app;
    private readonly RemovalsFail _network;

    private SandboxList(WebApplication app, TimeProvider clock, string platform)
    {
        _app = app;
        _network = new RemovalsFail(app.GetTestServer().CreateHandler());
        Destination = Destinations
            .Create(platform, SectionOf(platform), new DestinationDependencies(_network, clock, new Random(1)))
            .Destination!;
    }

    public IDestination Destination { get; }

    /// <summary>Whether removals get a server error.</summary>
    public bool RemovalsFailing
    {
        get => _network.Failing;
        set => _network.Failing = value;
    }

    public static async Task<SandboxList> OpenAsync(string platform, TimeProvider clock)
    {
        var account = new AccountSettings
        {
            Platform = platform,
            Account = AccountOf(platform),
            Token = platform == "webhook" ? Key : "token",
            Audiences = [Remote],
        };
        var app = SandboxApp.Create(new SandboxOptions { Accounts = [account] }, clock, builder => builder.WebHost.UseTestServer());
        await app.StartAsync();
        return new SandboxList(app, clock, platform);
    }

    /// <summary>Digests by key, as <c>EMAIL:hex</c>.</summary>
    public async Task<List<string>> HeldAsync()
    {
        using var client = _app.GetTestClient();
        var list = await client.GetFromJsonAsync<JsonElement>($"/admin/lists/{Remote}");
        return
        [
            .. list.GetProperty("digests")
                .EnumerateObject()
                .SelectMany(key => key.Value.EnumerateArray().Select(digest => $"{key.Name}:{digest.GetString()}")),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        _network.Dispose();
        await _app.DisposeAsync();
    }

    private static string AccountOf(string platform) =>
        platform switch
        {
            "meta" => "act_1001",
            "google" => "7693729833",
            "tiktok" => "7000000000000000001",
            _ => "crm",
        };

    private static DestinationSection SectionOf(string platform)
    {
        var address = new Uri("http://localhost/");
        return platform switch
        {
            "meta" => Section.Of(AccountOf(platform), ("token", new Secret("token")), ("base_url", address)),
            "google" => Section.Of(
                AccountOf(platform),
                ("base_url", address),
                ("client_id", "sandbox-client"),
                ("client_secret", new Secret("sandbox-secret")),
                ("refresh_token", new Secret("token")),
                ("token_url", new Uri(address, "token")),
                ("terms_accepted", true),
                ("job_check_s", 60)
            ),
            "tiktok" => Section.Of(AccountOf(platform), ("token", new Secret("token")), ("base_url", new Uri(address, "open_api/"))),
            _ => Section.Of(AccountOf(platform), ("base_url", new Uri(address, "webhook")), ("app_secret", new Secret(Key))),
        };
    }

    private sealed class RemovalsFail(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public bool Failing { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            var removes =
                request.Method == HttpMethod.Delete
                || request.RequestUri!.AbsolutePath.EndsWith(":remove", StringComparison.Ordinal)
                || body.Contains("\"operation\":\"remove\"", StringComparison.Ordinal)
                || body.Contains("\"action\":\"delete\"", StringComparison.Ordinal);
            return Failing && removes
                ? new HttpResponseMessage(HttpStatusCode.InternalServerError)
                {
                    Content = new StringContent("{}"),
                    RequestMessage = request,
                }
                : await base.SendAsync(request, cancellationToken);
        }
    }
}
