using System.Security.Cryptography;
using System.Text.Json;
using AudienceSync.Connectors;
using AudienceSync.Connectors.Http;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Workspaces;

namespace AudienceSync.Host.Tests.Configuration;

public sealed class DestinationPlannerTests : IDisposable
{
    private const string Google =
        "platform: google, account: 769-372-9833, login_customer_id: 870-483-0944, client_id: c.apps.example, "
        + "client_secret: { env: SECRET }, refresh_token: { env: SECRET }, terms_accepted: true, consent: granted";

    // One for all tests: making a key takes longer than any of them.
    private static readonly string PrivateKey = NewPrivateKey();

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("platform: meta, account: act_1001, token: { env: SECRET }, app_secret: { env: SECRET }", Platform.Meta)]
    [InlineData("platform: meta, account: act_1001, token: { env: SECRET }, limited_data_use: { country: 1, state: 1000 }", Platform.Meta)]
    [InlineData(Google, Platform.Google)]
    [InlineData(
        Google + ", validate_only: true, base_url: 'http://127.0.0.1:5480/', token_url: 'http://127.0.0.1:5480/token'",
        Platform.Google
    )]
    [InlineData(
        "platform: google, account: \"7693729833\", service_account: { file: account.json }, terms_accepted: true",
        Platform.Google
    )]
    [InlineData(
        "platform: tiktok, account: \"7000000000000000001\", token: { env: SECRET }, normalizer: \"2024\", members_per_call: 5000",
        Platform.TikTok
    )]
    [InlineData(
        "platform: webhook, account: crm, base_url: 'https://crm.example/in', app_secret: { env: SECRET }, members_per_call: 500",
        Platform.Webhook
    )]
    public void An_entry_for_each_platform_creates_its_destination(string entry, Platform platform) =>
        Plan(entry).Connector.Platform.ShouldBe(platform);

    [Theory]
    [InlineData("platform: meta, account: act_1001, token: { env: SECRET }", 30)]
    [InlineData("platform: meta, account: act_1001, token: { env: SECRET }, call_timeout_s: 7", 7)]
    [InlineData(Google, 120)]
    [InlineData(Google + ", call_timeout_s: 300", 300)]
    public void The_call_timeout_is_that_of_the_entry_or_of_the_platform(string entry, int seconds) =>
        Plan(entry).Connector.Limits.CallTimeout.ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("platform: myspace, account: \"1\"", "config_invalid", "platform must be one of: google, meta, tiktok, webhook")]
    [InlineData("platform: meta, account: act_1001", "config_invalid", "token is required")]
    [InlineData("platform: tiktok, account: \"1\"", "config_invalid", "token is required")]
    [InlineData("platform: tiktok, account: \"1\", token: { env: GONE }", "secret_missing", "destinations.d.token")]
    [InlineData(
        "platform: tiktok, account: \"1\", token: { env: SECRET }, normalizer: newest",
        "config_invalid",
        "normalizer must be one of: 2025-09, 2024, 2025-08"
    )]
    [InlineData(
        "platform: tiktok, account: \"1\", token: { env: SECRET }, members_per_call: 0",
        "config_invalid",
        "members_per_call must be 1 to 10000"
    )]
    [InlineData(
        "platform: tiktok, account: \"1\", token: { env: SECRET }, call_timeout_s: 0",
        "config_invalid",
        "call_timeout_s must be 1 to 300"
    )]
    [InlineData(
        "platform: meta, account: act_1, token: { env: SECRET }, call_timeout_s: 301",
        "config_invalid",
        "call_timeout_s must be 1 to 300"
    )]
    [InlineData("platform: tiktok, account: act_1, token: { env: SECRET }", "config_invalid", "digits of an advertiser id")]
    [InlineData(
        "platform: tiktok, account: \"1\", token: { env: SECRET }, consent: granted",
        "config_invalid",
        "consent is not a setting of tiktok"
    )]
    [InlineData(
        "platform: meta, account: act_1, token: { env: SECRET }, refresh_token: { env: SECRET }",
        "config_invalid",
        "refresh_token is not a setting of meta"
    )]
    [InlineData(
        "platform: google, account: \"1\", token: { env: SECRET }, terms_accepted: true",
        "config_invalid",
        "token is not a setting of google"
    )]
    [InlineData(
        "platform: google, account: \"1\", terms_accepted: true",
        "config_invalid",
        "give service_account, or all of client_id, client_secret and refresh_token"
    )]
    [InlineData(
        "platform: google, account: \"1\", terms_accepted: true, client_id: c, refresh_token: { env: SECRET }",
        "config_invalid",
        "give service_account, or all of"
    )]
    [InlineData(
        "platform: google, account: \"1\", terms_accepted: true, client_id: c, service_account: { file: account.json }",
        "config_invalid",
        "give either service_account"
    )]
    [InlineData(
        "platform: google, account: \"1\", terms_accepted: true, service_account: { env: SECRET }",
        "config_invalid",
        "service_account must be the JSON key file"
    )]
    [InlineData(
        "platform: google, account: \"1\", terms_accepted: true, service_account: { file: gone.json }",
        "secret_missing",
        "destinations.d.service_account"
    )]
    [InlineData("platform: google, account: \"1\", client_id: c", "config_invalid", "terms_accepted must be true")]
    [InlineData(Google + ", base_url: nowhere", "config_invalid", "base_url: must be an address")]
    [InlineData(Google + ", token_url: 'ftp://x/'", "config_invalid", "token_url must be an http or https address")]
    [InlineData(
        "platform: google, account: \"1\", terms_accepted: true, consent: maybe",
        "config_invalid",
        "consent must be granted or unspecified"
    )]
    [InlineData("platform: webhook, account: crm, app_secret: { env: SECRET }", "config_invalid", "base_url is required")]
    [InlineData("platform: webhook, account: crm, base_url: 'https://crm.example/in'", "config_invalid", "app_secret is required")]
    [InlineData(
        "platform: webhook, account: crm, base_url: 'https://crm.example/in', token: { env: SECRET }",
        "config_invalid",
        "token is not a setting of webhook"
    )]
    public void An_unusable_entry_is_reported_with_its_place_and_never_with_a_secret(string entry, string code, string message)
    {
        var wrong = Should.Throw<SetupException>(() => Plan(entry));

        wrong.Code.ShouldBe(code);
        wrong.Message.ShouldContain("workspaces.default.destinations.d");
        wrong.Message.ShouldContain(message);
        wrong.Message.ShouldNotContain("s3cr3t");
    }

    [Theory]
    [InlineData("platform: meta, account: act_1, tokn: { env: SECRET }", "line 1: Property 'tokn' not found")]
    [InlineData(
        "platform: meta, account: act_1, token: { env: SECRET }, token: { env: SECRET }",
        "line 1: Encountered duplicate key token"
    )]
    [InlineData("platform: meta, account: act_1, flush_ms: soon", "line 1: ")]
    public void A_name_that_no_platform_has_is_refused_at_its_line(string entry, string message)
    {
        var wrong = Should.Throw<SetupException>(() => Plan(entry));

        wrong.Code.ShouldBe("config_invalid");
        wrong.Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("token: s3cr3t-of-20-letters", "token must be { file: NAME } or { env: NAME }")]
    [InlineData("token: { env: SECRET }, limited_data_use: { country: 1, county: 1000 }", "limited_data_use takes country and state")]
    [InlineData("token: { env: SECRET }, call_timeout_s: [ 7 ]", "call_timeout_s must be a whole number")]
    public void A_value_of_another_form_is_refused_without_its_text(string settings, string message)
    {
        var wrong = Should.Throw<SetupException>(() => Plan($"platform: meta, account: act_1, {settings}"));

        wrong.Code.ShouldBe("config_invalid");
        wrong.Message.ShouldContain(message);
        wrong.Message.ShouldNotContain("s3cr3t");
    }

    [Theory]
    [InlineData(Google, true)]
    [InlineData(Google + ", require_consent: false", false)]
    [InlineData("platform: meta, account: act_1001, token: { env: SECRET }, app_secret: ~", false)]
    [InlineData("platform: meta, account: act_1001, token: { env: SECRET }, require_consent: true", true)]
    public void Consent_is_required_where_the_entry_or_else_the_platform_declares_it(string entry, bool required) =>
        Plan(entry).ConsentRequired.ShouldBe(required);

    private static string NewPrivateKey()
    {
        using var key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private PlannedDestination Plan(string entry)
    {
        File.WriteAllText(
            Path.Combine(_folder.Path, "account.json"),
            JsonSerializer.Serialize(
                new
                {
                    type = "service_account",
                    client_email = "a@b.example",
                    private_key_id = "k",
                    private_key = PrivateKey,
                }
            )
        );
        var file = Path.Combine(_folder.Path, "audiencesync.yaml");
        File.WriteAllText(file, $"workspaces: {{ default: {{ destinations: [ {{ name: d, {entry} }} ] }} }}");
        using var network = PlatformHttp.CreateHandler();
        var loader = new ConfigLoader(file, name => name == "SECRET" ? "s3cr3t-of-20-letters" : null);
        var planner = new WorkspacePlanner(loader, new DestinationDependencies(network, TimeProvider.System, new Random(1)));
        return planner.Plan("default", loader.Load().Workspaces["default"]).Destinations.ShouldHaveSingleItem();
    }
}
