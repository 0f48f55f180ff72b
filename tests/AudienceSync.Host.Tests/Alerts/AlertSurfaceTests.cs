using System.Text.Json;
using System.Text.RegularExpressions;
using AudienceSync.Connectors;
using AudienceSync.Domain.Alerts;
using AudienceSync.Host.Alerts;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Alerts;

/// <summary>Alerts as verbs, over HTTP, and as their page describes them.</summary>
public sealed partial class AlertSurfaceTests : IDisposable
{
    private const string Mail = "channels: [ { name: mail, kind: email, host: 127.0.0.1, from: a@example.com, to: [ b@example.com ] } ], ";

    private const string Hook = "channels: [ { name: hook, kind: webhook, url: { file: hook-url }, signing_key: { file: hook-key } } ], ";

    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "alerts.md"));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_page_has_every_rule_with_its_times()
    {
        var rows = Row()
            .Matches(Page)
            .Select(row => (row.Groups["rule"].Value, row.Groups["for"].Value.Trim(), row.Groups["keep"].Value.Trim()));
        rows.ShouldBe(AlertRules.All.Select(rule => (rule.Name, AlertText.Duration(rule.For), Keep(rule))), ignoreOrder: true);
    }

    [Fact]
    public void The_configuration_of_the_page_can_be_used()
    {
        var plan = PlanOf(Page.Split("```yaml\n")[1].Split("```")[0]);

        plan.Channels.Select(channel => (channel.Name, channel.Kind))
            .ShouldBe([("slack", "slack"), ("oncall", "pagerduty"), ("mail", "email"), ("growth-slack", "slack"), ("hook", "webhook")]);
        plan.Find("oncall")!.Least.ShouldBe(AlertSeverity.Critical);
        plan.Settings.GoalOf("high_intent_cart_7d").ShouldBe(TimeSpan.FromSeconds(30));
        plan.Settings.GoalOf("another").ShouldBe(TimeSpan.FromSeconds(60));
        plan.Settings.OwnerOf("high_intent_cart_7d")!.Channels.ShouldBe(["growth-slack"]);
        plan.Settings.Off.ShouldBe(["volume_anomaly"]);
        plan.Digest!.Schedule.ShouldBe(WeeklySchedule.Default);
        plan.Digest.Channels.ShouldBe(["mail"]);
    }

    [Theory]
    [InlineData("channels: [ { name: a, kind: sms } ]", "kind must be one of: email, pagerduty, slack, webhook")]
    [InlineData("channels: [ { name: a, kind: slack } ]", "url is required")]
    [InlineData("channels: [ { name: a, kind: slack, paint: red } ]", "'paint' is not a setting of a channel")]
    [InlineData("channels: [ { name: 'a b', kind: slack, url: { file: slack-url } } ]", "name must be")]
    [InlineData("channels: [ { name: a, kind: slack, severity: high, url: { file: slack-url } } ]", "severity must be")]
    [InlineData("channels: [ { name: a, kind: slack, url: 'https://x/secretpart' } ]", "url must be { file")]
    [InlineData("owners: [ { name: growth, audiences: [ a ], channels: [ nowhere ] } ]", "channel nowhere is not declared")]
    [InlineData("owners: [ { name: a, audiences: [ x ] }, { name: b, audiences: [ x ] } ]", "an audience has two owners")]
    [InlineData("off: [ everything ]", "there is no rule everything")]
    [InlineData("removal_goal_s: 0", "removal_goal_s must be")]
    [InlineData("weekly_digest: { day: monday }", "weekly_digest: channels must name")]
    [InlineData(Hook + "weekly_digest: { channels: [ hook ] }", "there is no channel hook of kind email")]
    [InlineData("weekly_digest: { channels: [ mail ] }", "there is no channel mail of kind email")]
    [InlineData(Mail + "weekly_digest: { channels: [ mail, mail ] }", "a channel is named twice")]
    [InlineData(Mail + "weekly_digest: { channels: [ mail ], day: Monday }", "day must be one of: sunday, monday")]
    [InlineData(Mail + "weekly_digest: { channels: [ mail ], hour: 24 }", "hour must be 0 to 23")]
    [InlineData(Mail + "weekly_digest: { channels: [ mail ], minute: 5 }", "minute")]
    public void What_cannot_be_used_is_refused_without_its_value(string alerts, string expected)
    {
        var refused = Should.Throw<SetupException>(() =>
            PlanOf($"operator_token: {{ file: slack-url }}\nworkspaces:\n  default:\n    alerts: {{ {alerts} }}\n")
        );
        refused.Code.ShouldBe("config_invalid");
        refused.Message.ShouldContain(expected);
        refused.Message.ShouldNotContain("secretpart");
    }

    [Fact]
    public async Task The_examples_of_the_page_run()
    {
        await using var stage = await AlertStage.StartAsync(realPort: true);
        var lines = Page.Split("```sh\n")[1].Split("```")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(5);
        var outputs = new List<string>();
        foreach (var line in lines)
        {
            var words = Word().Matches(line.Split("  #")[0]).Select(word => word.Value.Trim('"')).ToArray();
            words[0].ShouldBe("audiencesync");
            var run = await RunAsync(stage, words[1..]);
            run.ExitCode.ShouldBe(0, $"{line}\n{run.Error}");
            outputs.Add(run.Output);
        }

        outputs[0].ShouldContain("works");
        outputs[1].ShouldContain("done");
        outputs[2].ShouldContain("[TEST] Test of a channel: slack");
        outputs[4].ShouldContain("ended");
        outputs.ShouldAllBe(output => !output.Contains(AlertStage.SlackSecret));

        var json = JsonDocument.Parse((await RunAsync(stage, "alerts", "list", "--json", "--limit", "1")).Output).RootElement;
        json.GetProperty("notices")[0].GetProperty("sends")[0].GetProperty("state").GetString().ShouldBe("sent");
        (await RunAsync(stage, "alerts", "test", "nowhere")).Error.ShouldContain("unknown_channel");
        (await RunAsync(stage, "alerts", "show", "99")).Error.ShouldContain("unknown_notice");
        (await RunAsync(stage, "alerts", "unsilence", "1")).Error.ShouldContain("unknown_silence");
        (await RunAsync(stage, "alerts", "silence")).Error.ShouldContain("invalid_silence");
        (await RunAsync(stage, "alerts", "silence", "--rule", "nonsense")).Error.ShouldContain("invalid_silence");
        await stage.Host.Sandbox.FaultAsync(
            new
            {
                platform = "slack",
                operation = "alert",
                kind = "bad_request",
                count = 1,
            }
        );
        (await RunAsync(stage, "alerts", "test", "slack")).ExitCode.ShouldBe(1, "it was not accepted");
    }

    private PlannedAlerts PlanOf(string yaml)
    {
        foreach (
            var (file, secret) in new[]
            {
                ("slack-url", "https://hooks.slack.test/services/T/B/secretpart"),
                ("growth-slack-url", "https://hooks.slack.test/services/T/B/other"),
                ("pagerduty-key", AlertStage.RoutingKey),
                ("smtp-password", "password"),
                ("hook-url", "https://hooks.test/alerts"),
                ("hook-key", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            }
        )
        {
            File.WriteAllText(_folder.Below(file), secret);
        }

        File.WriteAllText(_folder.Below("audiencesync.yaml"), yaml);
        var loader = new ConfigLoader(_folder.Below("audiencesync.yaml"), _ => null);
        using var network = new HttpClientHandler();
        return new AlertPlanner(loader, new DestinationDependencies(network, TimeProvider.System, new Random(1))).Plan(
            "default",
            loader.Load().Workspaces["default"].Alerts
        );
    }

    private static string Keep(AlertRule rule) => AlertText.Duration(rule.Keep);

    private static Task<CommandRun> RunAsync(AlertStage stage, params string[] args) =>
        CommandRun.RunAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["AUDIENCESYNC_CONFIG"] = stage.Host.ConfigPath,
                ["AUDIENCESYNC_URLS"] = stage.Host.Http.BaseAddress!.ToString(),
            },
            args
        );

    [GeneratedRegex(
        @"^\| `(?<rule>[a-z_]+)` \|[^|]*\|(?<for>[^|]*)\|(?<keep>[^|]*)\|$",
        RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Row();

    [GeneratedRegex("\"[^\"]*\"|\\S+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}
