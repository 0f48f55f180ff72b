using System.Text;
using System.Text.Json;
using AudienceSync.Connectors.Sections;
using AudienceSync.Domain.Alerts;

namespace AudienceSync.Connectors.Alerts;

/// <summary>
/// Sends to an incoming webhook of Slack (contracts/alerts.md 3.2). Its URL is the secret. What is sent twice is shown twice.
/// </summary>
public sealed class SlackChannel : IAlertChannel
{
    private readonly ChannelCalls _calls;
    private readonly Secret _url;

    internal SlackChannel(Secret url, TimeSpan timeout, DestinationDependencies dependencies)
    {
        _url = url;
        _calls = new ChannelCalls(dependencies, new Uri(url.Reveal()), timeout, ChannelLimits.SlackGap);
    }

    public static PlatformSettings Known { get; } = new("slack", "url");

    public bool Repeats => false;

    public bool TakesReminders => true;

    public ValueTask<ChannelAnswer> SendAsync(AlertMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _calls.PostAsync(
            new Uri(_url.Reveal()),
            [],
            Body(message.Notice),
            answer => SlackErrors.Of(answer.Status, answer.TooLarge ? "" : Encoding.UTF8.GetString(answer.Body.Span).Trim()),
            cancellationToken
        );
    }

    internal static ParsedSettings<SlackChannel> Parse(DestinationSection section, DestinationDependencies dependencies)
    {
        var url = section.SecretUrl("url");
        var timeout = section.CallTimeoutOr(ChannelLimits.CallTimeout);
        return Known.Parsed(
            section,
            [url.Error, timeout.Error, section.NoBaseUrl()],
            () => new SlackChannel(url.Value!, timeout.Value, dependencies)
        );
    }

    internal static byte[] Body(AlertNotice notice)
    {
        var fields = NoticeText.Fields(notice).Take(ChannelLimits.SlackFields);
        var members = string.Join('\n', NoticeText.Members(notice).Select(line => "• " + Escape(line)));
        var text = notice.Kind == NoticeKind.Recovered ? members : $"{members}\n{Escape(notice.Advice)}";
        return JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                text = Escape(NoticeText.Cut(notice.Headline, ChannelLimits.SlackSectionChars)),
                blocks = new object[]
                {
                    new
                    {
                        type = "header",
                        text = new { type = "plain_text", text = NoticeText.Cut(notice.Headline, ChannelLimits.SlackHeaderChars) },
                    },
                    new
                    {
                        type = "section",
                        fields = fields.Select(field => new
                        {
                            type = "mrkdwn",
                            text = NoticeText.Cut($"*{field.Name}*\n{Escape(field.Value)}", ChannelLimits.SlackFieldChars),
                        }),
                    },
                    new
                    {
                        type = "section",
                        text = new { type = "mrkdwn", text = NoticeText.Cut(text.Trim(), ChannelLimits.SlackSectionChars) },
                    },
                    new { type = "context", elements = new[] { new { type = "mrkdwn", text = $"rule `{notice.Rule}`" } } },
                },
            }
        );
    }

    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);
}
