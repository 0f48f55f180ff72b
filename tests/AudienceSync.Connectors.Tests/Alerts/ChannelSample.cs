using AudienceSync.Connectors.Alerts;
using AudienceSync.Connectors.Sections;
using AudienceSync.Domain.Alerts;

namespace AudienceSync.Connectors.Tests.Alerts;

/// <summary>Notices and channels of the tests.</summary>
internal static class ChannelSample
{
    public const string SlackUrl = "https://hooks.slack.test/services/T0001/B0001/secretofslack";
    public const string RoutingKey = "0123456789abcdef0123456789abcdef";
    public const string SigningKey = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    public static readonly DateTimeOffset Began = new(2026, 11, 29, 18, 0, 0, TimeSpan.Zero);

    public static AlertNotice Notice(NoticeKind kind = NoticeKind.Opened, int members = 1) =>
        new(
            kind,
            AlertSeverity.Critical,
            "removals_late",
            "meta_main",
            "Removals late",
            "See audiencesync sync status.",
            Began,
            Began.AddMinutes(43),
            [
                .. Enumerable
                    .Range(0, members)
                    .Select(i => new NoticeMember(
                        $"meta_main/cart_{i}",
                        [new AlertFact("oldest", "43 min"), new AlertFact("limit", "<1 & 2>")]
                    )),
            ]
        )
        {
            Workspace = "default",
            Owner = "growth",
        };

    public static AlertMessage Message(NoticeKind kind = NoticeKind.Opened, int members = 1) =>
        new(new Guid("01890000-0000-7000-8000-000000000001"), Notice(kind, members));

    public static IAlertChannel Slack(HttpMessageHandler network, TimeProvider? clock = null) =>
        Create("slack", network, clock, ("url", Hidden(SlackUrl)));

    public static IAlertChannel PagerDuty(HttpMessageHandler network) =>
        Create("pagerduty", network, null, ("routing_key", Hidden(RoutingKey)));

    public static IAlertChannel Webhook(HttpMessageHandler network) =>
        Create("webhook", network, null, ("url", Hidden("https://hooks.test/alerts")), ("signing_key", Hidden(SigningKey)));

    public static SettingValue Hidden(string secret) => SettingValue.Of(new SecretDocument(secret));

    public static CreatedChannel TryCreate(string kind, params (string Name, SettingValue Value)[] settings) =>
        AlertChannels.Create(
            kind,
            Section(settings),
            new DestinationDependencies(new HttpClientHandler(), new ManualTime(), new Random(1))
        )!;

    public static IAlertChannel Create(
        string kind,
        HttpMessageHandler network,
        TimeProvider? clock,
        params (string Name, SettingValue Value)[] settings
    )
    {
        var created = AlertChannels.Create(
            kind,
            Section(settings),
            new DestinationDependencies(network, clock ?? TimeProvider.System, new Random(1))
        )!;
        created.Errors.ShouldBeEmpty();
        return created.Channel!;
    }

    private static DestinationSection Section((string Name, SettingValue Value)[] settings) =>
        new("", settings.ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal));
}
