using System.Net.Http.Json;
using System.Text.Json;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;

namespace AudienceSync.Host.Tests.Cli;

/// <summary><c>destinations list</c> and <c>check</c> against the sandbox platforms.</summary>
public sealed class DestinationsCommandTests : IAsyncLifetime
{
    private const string Secret = "s3cr3t-of-20-letters";

    private const string Config = """
        workspaces:
          default:
            audiences: [ { name: carts_7d, versions: [ { version: 1, window_d: 7 } ] } ]
            destinations:
              - { name: meta_main, platform: meta, account: act_1001, base_url: "http://localhost/", token: { env: SECRET } }
              - { name: google_main, platform: google, account: "7693729833", base_url: "http://localhost/", token_url: "http://localhost/token", client_id: sandbox-client, client_secret: { env: SECRET }, refresh_token: { env: SECRET }, terms_accepted: true }
              - { name: tiktok_main, platform: tiktok, account: "7000000000000000001", base_url: "http://localhost/open_api/", token: { env: SECRET } }
              - { name: crm, platform: webhook, account: crm, base_url: "http://localhost/webhook", app_secret: { env: SECRET } }
            bindings:
              - { audience: carts_7d, key: carts_7d_v1, destination: meta_main, remote: "238500000000001" }
              - { audience: carts_7d, key: carts_7d_v1, destination: google_main, remote: "7090784486" }
              - { audience: carts_7d, key: carts_7d_v1, destination: tiktok_main, remote: "1234" }
              - { audience: carts_7d, key: carts_7d_v1, destination: crm, remote: "5001" }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal) { ["SECRET"] = Secret };
    private WebApplication _sandbox = null!;

    public async Task InitializeAsync()
    {
        var options = new SandboxOptions
        {
            Accounts =
            [
                new AccountSettings
                {
                    Account = "act_1001",
                    Token = Secret,
                    Audiences = ["238500000000001"],
                },
                new AccountSettings
                {
                    Platform = "google",
                    Account = "7693729833",
                    Token = Secret,
                    Audiences = ["7090784486"],
                    Google = new AudienceSync.Sandbox.Google.GoogleSettings { ClientSecret = Secret },
                },
                new AccountSettings
                {
                    Platform = "tiktok",
                    Account = "7000000000000000001",
                    Token = Secret,
                    Audiences = ["1234"],
                },
                new AccountSettings
                {
                    Platform = "webhook",
                    Account = "crm",
                    Token = Secret,
                    Audiences = ["5001"],
                },
            ],
        };
        _sandbox = SandboxApp.Create(options, TimeProvider.System, builder => builder.WebHost.UseTestServer());
        await _sandbox.StartAsync();
        _environment["AUDIENCESYNC_CONFIG"] = Path.Combine(_folder.Path, "audiencesync.yaml");
        Write(Config);
    }

    public async Task DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_healthy_setup_has_only_name_warnings()
    {
        var run = await RunAsync("check", "--json");

        run.ExitCode.ShouldBe(0, run.Output + run.Error);
        var report = JsonSerializer.Deserialize<JsonElement>(run.Output);
        report.GetProperty("worst").GetString().ShouldBe("warning");
        var destinations = report.GetProperty("destinations").EnumerateArray().ToList();
        destinations
            .Select(destination => destination.GetProperty("name").GetString())
            .ShouldBe(["meta_main", "google_main", "tiktok_main", "crm"]);
        destinations.ShouldAllBe(destination =>
            destination.GetProperty("findings").EnumerateArray().Any(line => Is(line, "token", "good"))
        );
        destinations.ShouldAllBe(destination =>
            destination.GetProperty("findings").EnumerateArray().Any(line => line.GetProperty("what").GetString() == "audience")
        );
        FindingsOf(destinations[0])
            .ShouldContain(line =>
                line.GetProperty("code").GetString() == "name_differs" && line.GetProperty("key").GetString() == "carts_7d_v1"
            );
        FindingsOf(destinations[0]).ShouldContain(line => Is(line, "terms", "good"));
    }

    [Fact]
    public async Task Problems_are_reported_with_a_remedy_and_never_with_a_secret()
    {
        using var admin = _sandbox.GetTestClient();
        await admin.PostAsJsonAsync(
            "/admin/accounts",
            new
            {
                account = "act_1001",
                token = Secret,
                terms_accepted = false,
            }
        );
        await admin.DeleteAsync(new Uri("/admin/lists/7090784486", UriKind.Relative));
        await admin.PostAsJsonAsync(
            "/admin/accounts",
            new
            {
                platform = "tiktok",
                account = "7000000000000000001",
                token = "another",
            }
        );
        Write(Config.Replace("remote: \"5001\"", "remote: \"5009\"", StringComparison.Ordinal));

        var run = await RunAsync("check");

        run.ExitCode.ShouldBe(1, run.Error);
        run.Output.ShouldContain("meta_terms_not_accepted");
        run.Output.ShouldContain("Accept the customer list terms");
        run.Output.ShouldContain("tiktok_40105");
        run.Output.ShouldContain("webhook_404");
        var json = JsonSerializer.Deserialize<JsonElement>((await RunAsync("check", "google_main", "--json")).Output);
        FindingsOf(json.GetProperty("destinations").EnumerateArray().Single()).ShouldContain(line => Is(line, "audience", "bad"));
        run.Output.ShouldNotContain(Secret);
        json.ToString().ShouldNotContain(Secret);
    }

    [Fact]
    public async Task A_misconfigured_destination_does_not_hide_the_others()
    {
        Write(
            Config.Replace(
                "token: { env: SECRET } }\n      - { name: google",
                "token: { env: GONE } }\n      - { name: google",
                StringComparison.Ordinal
            )
        );

        var list = await RunAsync("list", "--json");
        list.ExitCode.ShouldBe(1);
        var rows = JsonSerializer.Deserialize<JsonElement>(list.Output).GetProperty("destinations").EnumerateArray().ToList();
        rows[0].GetProperty("problem").GetString()!.ShouldContain("secret_missing");
        rows[1].GetProperty("can").EnumerateArray().Select(ability => ability.GetString()).ShouldBe(["make", "resync", "check"]);
        rows[3].GetProperty("lists")[0].GetProperty("remote").GetString().ShouldBe("5001");

        var check = await RunAsync("check");
        check.ExitCode.ShouldBe(1);
        check.Output.ShouldContain("secret_missing");
        check.Output.ShouldContain("default/crm");
    }

    [Fact]
    public async Task A_platform_that_does_not_respond_leaves_the_result_unknown()
    {
        using var silent = new Silent();
        var run = await CommandRun.RunAsync(_environment, silent, "destinations", "check", "crm");
        run.ExitCode.ShouldBe(3, run.Output + run.Error);
        run.Output.ShouldContain("not known");
    }

    [Fact]
    public async Task An_unknown_name_and_a_missing_file_are_one_line_each()
    {
        var unknown = await RunAsync("check", "myspace");
        (unknown.ExitCode, unknown.Error.Trim()).ShouldBe(
            (2, "audiencesync: unknown_destination: no destination is named myspace; destinations list shows them.")
        );
        _environment["AUDIENCESYNC_CONFIG"] = Path.Combine(_folder.Path, "none.yaml");
        var missing = await RunAsync("list");
        (missing.ExitCode, missing.Error.StartsWith("audiencesync: config_missing", StringComparison.Ordinal)).ShouldBe((2, true));
    }

    [Fact]
    public async Task The_list_shows_which_key_feeds_which_remote_audience()
    {
        var run = await RunAsync("list");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.Split('\n')
            .ShouldContain(line =>
                line.Contains("crm", StringComparison.Ordinal) && line.Contains("carts_7d_v1 > 5001", StringComparison.Ordinal)
            );
        run.Output.ShouldNotContain(Secret);
    }

    private async Task<CommandRun> RunAsync(params string[] args)
    {
        using var network = _sandbox.GetTestServer().CreateHandler();
        return await CommandRun.RunAsync(_environment, network, ["destinations", .. args]);
    }

    private void Write(string config) => File.WriteAllText(_environment["AUDIENCESYNC_CONFIG"], config);

    private static IEnumerable<JsonElement> FindingsOf(JsonElement destination) => destination.GetProperty("findings").EnumerateArray();

    private static bool Is(JsonElement line, string what, string state) =>
        line.GetProperty("what").GetString() == what && line.GetProperty("state").GetString() == state;

    private sealed class Silent : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("No route.", new IOException());
    }
}
