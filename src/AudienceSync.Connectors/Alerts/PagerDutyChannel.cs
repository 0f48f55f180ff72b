using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Sections;
using AudienceSync.Domain.Alerts;

namespace AudienceSync.Connectors.Alerts;

/// <summary>
/// Sends to PagerDuty's Events API v2 (contracts/alerts.md 3.3). All notices of an incident have one <c>dedup_key</c>, so what is sent
/// twice is one incident; and PagerDuty reminds people by itself.
/// </summary>
public sealed class PagerDutyChannel : IAlertChannel
{
    private static readonly Uri Host = new("https://events.pagerduty.com/");

    private readonly ChannelCalls _calls;
    private readonly Secret _routingKey;
    private readonly Uri _url;

    internal PagerDutyChannel(Secret routingKey, Uri baseUrl, TimeSpan timeout, DestinationDependencies dependencies)
    {
        _routingKey = routingKey;
        _url = new Uri(baseUrl, "v2/enqueue");
        _calls = new ChannelCalls(dependencies, baseUrl, timeout, ChannelLimits.PagerDutyGap);
    }

    public static PlatformSettings Known { get; } = new("pagerduty", "routing_key");

    public bool Repeats => true;

    public bool TakesReminders => false;

    public ValueTask<ChannelAnswer> SendAsync(AlertMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _calls.PostAsync(
            _url,
            [],
            Body(message, _routingKey),
            answer => PagerDutyErrors.Of(answer.Status, answer.Body),
            cancellationToken
        );
    }

    internal static ParsedSettings<PagerDutyChannel> Parse(DestinationSection section, DestinationDependencies dependencies)
    {
        var key = section
            .Secret("routing_key")
            .Must(given => given is not null, "missing_routing_key", "routing_key is required: { file: NAME } or { env: NAME }.")
            .Must(
                given => given!.Reveal().Length == ChannelLimits.PagerDutyKeyChars,
                "invalid_routing_key",
                $"routing_key must have {ChannelLimits.PagerDutyKeyChars} characters: the integration key of Events API v2."
            );
        var url = section.BaseUrlOr(Host);
        var timeout = section.CallTimeoutOr(ChannelLimits.CallTimeout);
        return Known.Parsed(
            section,
            [key.Error, url.Error, timeout.Error],
            () => new PagerDutyChannel(key.Value!, url.Value, timeout.Value, dependencies)
        );
    }

    internal static byte[] Body(AlertMessage message, Secret routingKey)
    {
        var notice = message.Notice;
        var json = new JsonObject
        {
            ["routing_key"] = routingKey.Reveal(),
            ["event_action"] = notice.Kind == NoticeKind.Recovered ? "resolve" : "trigger",
            ["dedup_key"] = message.Key,
        };
        if (notice.Kind == NoticeKind.Recovered)
        {
            return JsonSerializer.SerializeToUtf8Bytes(json);
        }

        var payload = new JsonObject
        {
            ["summary"] = NoticeText.Cut(notice.Headline, ChannelLimits.PagerDutySummaryChars),
            ["source"] = $"audiencesync {notice.Workspace}",
            ["severity"] = notice.Severity == AlertSeverity.Critical ? "critical" : "warning",
            ["timestamp"] = notice.BeganAt.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            ["component"] = notice.Group,
            ["group"] = notice.Workspace,
            ["class"] = notice.Rule,
            ["custom_details"] = Details(notice),
        };
        json["payload"] = payload;
        json["client"] = "AudienceSync";
        var body = JsonSerializer.SerializeToUtf8Bytes(json);
        if (body.Length <= ChannelLimits.PagerDutyBytes)
        {
            return body;
        }

        payload.Remove("custom_details");
        return JsonSerializer.SerializeToUtf8Bytes(json);
    }

    private static JsonObject Details(AlertNotice notice)
    {
        var members = new JsonObject();
        foreach (var member in notice.Members)
        {
            members[member.Subject] = string.Join(", ", member.Facts.Select(fact => $"{fact.Name} {fact.Value}"));
        }

        return new JsonObject
        {
            ["members"] = members,
            ["owner"] = notice.Owner,
            ["advice"] = notice.Advice,
        };
    }
}
