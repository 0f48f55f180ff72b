using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Alerts;

/// <summary>A Host that alerts people by the imitated Slack and PagerDuty, and by a mail server of the test.</summary>
internal sealed class AlertStage : IAsyncDisposable
{
    public const string SlackSecret = "secretpartofslack";
    public const string RoutingKey = "routingkeyofpagerduty01234567890";

    private readonly TestHostOptions _options;

    private AlertStage(TestHost host, TestHostOptions options, OffsetClock clock, MailServer mail) =>
        (Host, _options, Clock, Mail) = (host, options, clock, mail);

    public TestHost Host { get; }

    public OffsetClock Clock { get; }

    public MailServer Mail { get; }

    public static IReadOnlyDictionary<string, string> Secrets { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["slack-url"] = $"http://127.0.0.1:5480/slack/services/T0001/B0001/{SlackSecret}",
            ["pagerduty-key"] = RoutingKey,
        };

    /// <summary>The configuration with channels.</summary>
    public static string WithAlerts(string yaml, int mailPort, string settings = "") =>
        yaml.Replace(
            "  default:\n",
            $$"""
              default:
                alerts:
                  channels:
                    - { name: slack, kind: slack, url: { file: slack-url }, call_timeout_s: 1 }
                    - { name: pager, kind: pagerduty, routing_key: { file: pagerduty-key }, base_url: "http://127.0.0.1:5480/pagerduty" }
                    - { name: mail, kind: email, host: 127.0.0.1, port: {{mailPort}}, security: none, from: alerts@example.com, to: [ oncall@example.com ] }
            {{settings}}
            """ + "\n",
            StringComparison.Ordinal
        );

    /// <summary>The options of a Host with channels.</summary>
    public static TestHostOptions Options(TestHostOptions options, int mailPort, string settings = "") =>
        options with
        {
            AlertPoll = TimeSpan.FromMilliseconds(100),
            Secrets = options.Secrets.Concat(Secrets).ToDictionary(one => one.Key, one => one.Value, StringComparer.Ordinal),
            Yaml = yaml => WithAlerts(options.Yaml(yaml), mailPort, settings),
        };

    public static async Task<AlertStage> StartAsync(
        string settings = "",
        bool realPort = false,
        Func<HttpMessageHandler, HttpMessageHandler>? network = null
    )
    {
        var (clock, mail) = (new OffsetClock(Sample.Now), MailServer.Start());
        var options = Options(
            new TestHostOptions
            {
                Clock = clock,
                RealPort = realPort,
                Network = network ?? (static inner => inner),
            },
            mail.Port,
            settings
        );
        var host = await TestHost.StartAsync(options);
        await CreateAccountsAsync(host.Sandbox.Admin);
        return new AlertStage(host, options, clock, mail);
    }

    /// <summary>Another Host with the same database, configuration and services. Its owner disposes it.</summary>
    public Task<TestHost> AnotherAsync() => TestHost.StartAsync(_options with { Database = Host.Database, Platform = Host.Sandbox });

    public static async Task CreateAccountsAsync(HttpClient admin)
    {
        foreach (var (platform, token) in new[] { ("slack", SlackSecret), ("pagerduty", RoutingKey) })
        {
            using var created = await admin.PostAsJsonAsync(
                "/admin/accounts",
                new
                {
                    platform,
                    account = "ops",
                    token,
                }
            );
            created.IsSuccessStatusCode.ShouldBeTrue(await created.Content.ReadAsStringAsync());
        }
    }

    public async Task AddAsync(string id, int audience = 0) => await SendAsync(id, audience, "audience_add", "2026-11-21T09:20:00Z");

    public async Task RemoveAsync(string id, int audience = 0) => await SendAsync(id, audience, "audience_remove", "2026-11-21T09:25:00Z");

    /// <summary>The headlines of the messages in Slack.</summary>
    public async Task<List<string>> SlackAsync() =>
        [
            .. (await Host.Sandbox.Admin.GetFromJsonAsync<JsonElement>("/admin/slack/ops"))
                .EnumerateArray()
                .Select(message => message.GetProperty("text").GetString()!),
        ];

    public async Task<List<JsonElement>> IncidentsAsync() =>
        [
            .. (await Host.Sandbox.Admin.GetFromJsonAsync<JsonElement>("/admin/pagerduty/ops"))
                .GetProperty("incidents")
                .EnumerateArray()
                .Select(incident => incident.Clone()),
        ];

    public Task<JsonElement> AlertsAsync() => Host.GetAsync("/v1/alerts");

    /// <summary>Waits until the view of alerts is as wanted; after each look that it is not, the time moves.</summary>
    public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> holds, string what, TimeSpan? step = null)
    {
        JsonElement view = default;
        await Deadline.UntilAsync(
            async () =>
            {
                view = await AlertsAsync();
                if (holds(view))
                {
                    return true;
                }

                Clock.Advance(step ?? TimeSpan.Zero);
                return false;
            },
            () => $"{what}: {view}\n{string.Join('\n', Host.LogLines.Where(line => line.Contains("lert")).TakeLast(40))}"
        );
        return view;
    }

    /// <summary>Waits until every notice has its answers, and returns the latest ones of a rule, oldest first.</summary>
    public async Task<List<JsonElement>> SentAsync(string rule, int notices)
    {
        var view = await UntilAsync(
            now => Of(now, rule).Count == notices && Of(now, rule).TrueForAll(IsOver),
            $"{notices} notices of {rule}",
            TimeSpan.FromSeconds(5)
        );
        return Of(view, rule);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Mail.DisposeAsync();
    }

    private static List<JsonElement> Of(JsonElement view, string rule) =>
        [.. view.GetProperty("notices").EnumerateArray().Where(notice => notice.GetProperty("rule").GetString() == rule).Reverse()];

    private static bool IsOver(JsonElement notice) =>
        notice.GetProperty("sends").EnumerateArray().All(send => send.GetProperty("state").GetString() != "open");

    private async Task SendAsync(string id, int audience, string kind, string at)
    {
        var sample = Sample.Of(new JsonObject { ["customer_id"] = id, ["email"] = $"{id}@example.com" });
        sample["audience_key"] = new TestHostOptions().Audiences[audience].Key;
        sample["event"] = kind;
        sample["occurred_at"] = at;
        (await Host.PostAsync(sample.ToJsonString())).Status.ShouldBe(200);
    }
}
