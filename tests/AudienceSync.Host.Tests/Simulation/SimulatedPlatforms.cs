using System.Net.Http.Json;
using System.Text.Json;
using AudienceSync.Connectors;
using AudienceSync.Connectors.Sections;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Sandbox;
using AudienceSync.Sandbox.Google;
using AudienceSync.Sandbox.TikTok;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;

namespace AudienceSync.Host.Tests.Simulation;

/// <summary>The three platforms of one run, with budgets and batches small enough to matter for a few people.</summary>
internal sealed class SimulatedPlatforms : IAsyncDisposable
{
    public static readonly IReadOnlyList<string> Names = ["meta", "google", "tiktok"];

    private const int MetaCallsPerHour = 150;
    private const int GoogleCallsPerMinute = 8;
    private const int TikTokCallsPerSecond = 3;
    private const int TikTokCallsPerMinute = 30;

    // Faults that need no operator. Left out are those that only a resync can repair: a list deleted or edited by a human, members dropped
    // silently.
    private static readonly string[] AnswerFaults = ["invalid_rows", "partial"];
    private static readonly string[] HumanFaults = ["token_expired", "ban", "terms_not_accepted", "flagged"];

    private readonly WebApplication _app;
    private readonly HttpClient _admin;

    private SimulatedPlatforms(WebApplication app, SimulatedNetwork network) =>
        (_app, _admin, Network) = (
            app,
            new HttpClient(network, disposeHandler: false) { BaseAddress = new Uri("http://localhost/") },
            network
        );

    public SimulatedNetwork Network { get; }

    public static async Task<SimulatedPlatforms> StartAsync(VirtualTime clock, int seed)
    {
        var watch = new SleepWatch(clock);
        var options = new SandboxOptions
        {
            Accounts =
            [
                new AccountSettings
                {
                    Account = "act_1001",
                    Token = "t-meta",
                    CallsPerHour = MetaCallsPerHour,
                    Audiences = [Remote("meta", 0), Remote("meta", 1)],
                },
                new AccountSettings
                {
                    Platform = "google",
                    Account = "7693729833",
                    Token = "t-google",
                    Audiences = [Remote("google", 0), Remote("google", 1)],
                    Google = new GoogleSettings
                    {
                        CallsPerMinute = GoogleCallsPerMinute,
                        JobS = 300,
                        JobJitterS = 1800,
                        Seed = seed,
                    },
                },
                new AccountSettings
                {
                    Platform = "tiktok",
                    Account = "7000000000000000001",
                    Token = "t-tiktok",
                    Audiences = [Remote("tiktok", 0), Remote("tiktok", 1)],
                    TikTok = new TikTokSettings
                    {
                        CallsPerSecond = TikTokCallsPerSecond,
                        CallsPerMinute = TikTokCallsPerMinute,
                        BusyS = seed % 3 == 0 ? 20 : 0,
                    },
                },
            ],
        };
        var server = new InlineServer();
        var app = SandboxApp.Create(options, watch, builder => builder.Services.AddSingleton<IServer>(server));
        await app.StartAsync();
        return new SimulatedPlatforms(app, new SimulatedNetwork(server, clock, watch));
    }

    public static string Remote(string platform, int key) => $"{Names.ToList().IndexOf(platform) + 1}00{key}";

    public static NormalizerFamily FamilyOf(string platform) =>
        platform switch
        {
            "meta" => NormalizerFamily.Meta,
            "google" => NormalizerFamily.Google,
            _ => NormalizerFamily.TikTok,
        };

    public SimulatedDestination Open(string platform, VirtualTime clock, int seed, int membersPerCall)
    {
        var dependencies = new DestinationDependencies(Network, clock, new Random(seed));
        var inner = Destinations.Create(platform, SectionOf(platform, _admin.BaseAddress!), dependencies).Destination!;
        CallAllowance[] allowances = platform switch
        {
            "meta" => [new("hour", MetaCallsPerHour, TimeSpan.FromHours(1))],
            "google" => [new("minute", GoogleCallsPerMinute, TimeSpan.FromMinutes(1))],
            _ =>
            [
                new("second", TikTokCallsPerSecond, TimeSpan.FromSeconds(1)),
                new("minute", TikTokCallsPerMinute, TimeSpan.FromMinutes(1)),
            ],
        };
        return new SimulatedDestination(
            // No member is refused by name at Google here, so a call takes at most two requests: the second with a fresh token.
            inner,
            Network,
            inner.Limits with
            {
                RequestsPerCall = Math.Min(2, inner.Limits.RequestsPerCall),
                MembersPerCall = membersPerCall,
                Allowances = allowances,
                JobPollsPerMinute = GoogleCallsPerMinute / 2,
            }
        );
    }

    /// <summary>Recoverable faults of every kind, until then.</summary>
    public async Task BreakAsync(int seed, DateTimeOffset until)
    {
        await PostAsync(
            new
            {
                seed,
                until,
                every_s = 240,
                platforms = Names,
            }
        );
        await PostAsync(
            new
            {
                seed = seed + 1,
                until,
                every_s = 1_200,
                platforms = Names,
                kinds = AnswerFaults,
            }
        );
        await PostAsync(
            new
            {
                seed = seed + 2,
                until,
                every_s = 1_800,
                platforms = Names,
                kinds = HumanFaults,
            }
        );
    }

    public async Task<List<string>> HeldAsync(string remote)
    {
        var list = await _admin.GetFromJsonAsync<JsonElement>($"/admin/lists/{remote}");
        return
        [
            .. list.GetProperty("digests")
                .EnumerateObject()
                .SelectMany(key => key.Value.EnumerateArray().Select(digest => digest.GetString()!)),
        ];
    }

    public async Task<JsonElement> CallsAsync() => await _admin.GetFromJsonAsync<JsonElement>("/admin/calls");

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        Network.Dispose();
        await _app.DisposeAsync();
    }

    private async Task PostAsync(object wanted)
    {
        using var answer = await _admin.PostAsJsonAsync("/admin/faults/seeded", wanted);
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    private static DestinationSection SectionOf(string platform, Uri address) =>
        platform switch
        {
            "meta" => Section.Of("act_1001", ("token", new Secret("t-meta")), ("base_url", address), ("api_version", "v25.0")),
            "google" => Section.Of(
                "769-372-9833",
                ("base_url", address),
                ("client_id", "sandbox-client"),
                ("client_secret", new Secret("sandbox-secret")),
                ("refresh_token", new Secret("t-google")),
                ("token_url", new Uri(address, "token")),
                ("terms_accepted", true),
                ("consent", "granted")
            ),
            _ => Section.Of("7000000000000000001", ("token", new Secret("t-tiktok")), ("base_url", new Uri(address, "open_api/"))),
        };
}
