using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Privacy;

/// <summary>One fault at a platform, on its own list.</summary>
/// <param name="Destination">The destination with the fault.</param>
/// <param name="Kind">As named in docs/sandbox.md; <c>good</c> for no fault.</param>
/// <param name="Calls">The number of recorded calls of the list after which the fault has occurred.</param>
internal sealed record PlatformCase(string Destination, string Kind, int Calls = 1)
{
    public string Audience => $"{Destination}_{Kind}";

    /// <summary>Each case has its own address: a person who shares an address with another may have no identifier left to send.</summary>
    public string Email => $"canary.{Audience}@example.com";
}

/// <summary>Five destinations with every secret that a destination can have, and the faults at each.</summary>
internal sealed class PlatformCases : IDisposable
{
    private const string MetaSecret = "canary-app-secret-of-meta";
    private const string RefreshToken = "canary-refresh-token";
    private const string ClientSecret = "canary-client-secret";
    private const string TikTokToken = "canary-token-of-tiktok";
    private const string WebhookKey = "canary-key-of-the-webhook";
    private const string ServiceAccount = "sync@shop.iam.example";

    private static readonly string[] Common =
    [
        "delay",
        "drop_before",
        "drop_after",
        "throttle",
        "server_error",
        "html_error",
        "partial",
        "silent_drop",
        "human_edit",
        "token_expired",
        "ban",
        "list_deleted",
    ];

    private readonly RSA _key = RSA.Create(2048);

    /// <summary>Google's token is fetched by the first call, so the two cases that refuse it come first.</summary>
    public IReadOnlyList<PlatformCase> All { get; } =
    [
        new("google", "no_token", Calls: 3),
        new("robot", "no_token", Calls: 3),
        new("robot", "good"),
        .. new[] { "good", "refused_member", "conflict", "job_fails", "job_lost" }
            .Concat(Common)
            .Select(kind => new PlatformCase("google", kind)),
        .. new[] { "good", "conflict", "not_editable" }.Concat(Common).Select(kind => new PlatformCase("tiktok", kind)),
        .. Common.Append("good").Append("invalid_rows").Select(kind => new PlatformCase("crm", kind)),
        .. new[] { "good", "error_in_200", "html_error", "token_expired" }.Select(kind => new PlatformCase("meta_main", kind)),
    ];

    public static Needles Secrets(string keyFile) =>
        new Needles()
            .Text("app secret", MetaSecret)
            .Text("refresh token", RefreshToken)
            .Text("client secret", ClientSecret)
            .Text("token of TikTok", TikTokToken)
            .Text("key of the webhook", WebhookKey)
            .Text(
                "key of the service account",
                JsonDocument.Parse(keyFile).RootElement.GetProperty("private_key").GetString()!.Split('\n')[7]
            );

    public Needles Emails() => All.Aggregate(new Needles(), (sum, one) => sum.Text("e-mail of " + one.Audience, one.Email));

    /// <summary>
    /// The sandbox starts with the lists of the Host's own numbering at Meta, so the other platforms have different numbers.
    /// </summary>
    public string Remote(PlatformCase which)
    {
        var index = All.ToList().IndexOf(which);
        return which.Destination == "meta_main" ? TestHost.Remote(index) : (7_090_784_000 + index).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The key file of a service account, as Google issues it.</summary>
    public string KeyFile() =>
        JsonSerializer.Serialize(
            new
            {
                type = "service_account",
                client_email = ServiceAccount,
                private_key_id = "key-1",
                private_key = _key.ExportPkcs8PrivateKeyPem(),
                token_uri = "https://tokens.example/token",
            }
        );

    public Dictionary<string, string> SecretFiles() =>
        new(StringComparer.Ordinal)
        {
            ["meta.secret"] = MetaSecret,
            ["google.refresh"] = RefreshToken,
            ["google.client"] = ClientSecret,
            ["google.json"] = KeyFile(),
            ["tiktok.token"] = TikTokToken,
            ["crm.key"] = WebhookKey,
        };

    /// <summary>The accounts as configured in the sandbox.</summary>
    public object[] Accounts() =>
        [
            new
            {
                account = TestPlatform.Account,
                token = TestPlatform.Token,
                app_secret = MetaSecret,
            },
            new
            {
                platform = "google",
                account = "7693729833",
                token = RefreshToken,
                audiences = Remotes("google"),
                google = new { client_secret = ClientSecret, job_s = 1 },
            },
            new
            {
                platform = "google",
                account = "7693729834",
                token = "nobody uses it",
                audiences = Remotes("robot"),
                google = new
                {
                    job_s = 1,
                    service_account = ServiceAccount,
                    service_account_key = _key.ExportSubjectPublicKeyInfoPem(),
                },
            },
            new
            {
                platform = "tiktok",
                account = "7000000000000000001",
                token = TikTokToken,
                audiences = Remotes("tiktok"),
            },
            new
            {
                platform = "webhook",
                account = "crm",
                token = WebhookKey,
                audiences = Remotes("crm"),
            },
        ];

    /// <summary>The configuration, starting at its destinations.</summary>
    public string Yaml(string yaml) =>
        yaml[..yaml.IndexOf("    destinations:", StringComparison.Ordinal)]
        + $$"""
                destinations:
                  - { name: meta_main, platform: meta, account: {{TestPlatform.Account}}, base_url: "http://127.0.0.1:5480", token: { file: meta.token }, app_secret: { file: meta.secret }, flush_ms: 20 }
                  - { name: google, platform: google, account: "7693729833", base_url: "http://127.0.0.1:5480", token_url: "http://127.0.0.1:5480/token", client_id: sandbox-client, client_secret: { file: google.client }, refresh_token: { file: google.refresh }, terms_accepted: true, job_check_s: 1, flush_ms: 20 }
                  - { name: robot, platform: google, account: "7693729834", base_url: "http://127.0.0.1:5480", token_url: "http://127.0.0.1:5480/token", service_account: { file: google.json }, terms_accepted: true, job_check_s: 1, flush_ms: 20 }
                  - { name: tiktok, platform: tiktok, account: "7000000000000000001", base_url: "http://127.0.0.1:5480/open_api/", token: { file: tiktok.token }, flush_ms: 20 }
                  - { name: crm, platform: webhook, account: crm, base_url: "http://127.0.0.1:5480/webhook", app_secret: { file: crm.key }, flush_ms: 20 }
                bindings:

            """
        + string.Concat(
            All.Select(one =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"      - {{ audience: {one.Audience}, key: {one.Audience}_v1, destination: "
                        + $"{one.Destination}, remote: \"{Remote(one)}\" }}\n"
                )
            )
        );

    /// <summary>The faults of the sandbox; none where the network causes them.</summary>
    public IEnumerable<object> Faults(PlatformCase which) =>
        which.Kind switch
        {
            "good" or "refused_member" => [],

            // First the error page of a gateway, then a permanent refusal.
            "no_token" => [TokenFault("html_error"), TokenFault("token_expired")],
            "delay" =>
            [
                new
                {
                    kind = which.Kind,
                    audience = Remote(which),
                    count = 1,
                    delay_ms = 1,
                },
            ],
            _ =>
            [
                new
                {
                    kind = which.Kind,
                    audience = Remote(which),
                    count = 1,
                },
            ],
        };

    public void Dispose() => _key.Dispose();

    private static object TokenFault(string kind) =>
        new
        {
            kind,
            platform = "google",
            operation = "token",
            count = 1,
        };

    private List<string> Remotes(string destination) => [.. All.Where(one => one.Destination == destination).Select(Remote)];
}
