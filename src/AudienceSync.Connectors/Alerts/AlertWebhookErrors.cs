namespace AudienceSync.Connectors.Alerts;

/// <summary>A status of a receiver and what it means.</summary>
public sealed record AlertWebhookRule(int Status, ChannelOutcome Outcome);

/// <summary>The table from a status to an outcome (docs/alerts.md). The body does not matter.</summary>
public static class AlertWebhookErrors
{
    public static IReadOnlyList<AlertWebhookRule> Rules { get; } =
    [
        .. new[] { 200, 201, 202, 204 }.Select(status => new AlertWebhookRule(status, ChannelOutcome.Accepted)),
        // We follow no redirect: a signed notice goes to nobody else.
        .. new[] { 301, 302, 303, 307, 308, 401, 403, 404, 405, 410 }.Select(status => new AlertWebhookRule(status, ChannelOutcome.Dead)),
        .. new[] { 400, 413, 415, 422 }.Select(status => new AlertWebhookRule(status, ChannelOutcome.Refused)),
        .. new[] { 408, 409, 425, 429, 500, 502, 503, 504 }.Select(status => new AlertWebhookRule(status, ChannelOutcome.Later)),
    ];

    public static ChannelAnswer Of(int status)
    {
        var outcome =
            Rules.FirstOrDefault(row => row.Status == status)?.Outcome
            ?? status switch
            {
                >= 200 and < 300 => ChannelOutcome.Accepted,
                >= 300 and < 400 => ChannelOutcome.Dead,
                >= 400 and < 500 => ChannelOutcome.Refused,
                _ => ChannelOutcome.Later,
            };
        return new ChannelAnswer(outcome, outcome == ChannelOutcome.Accepted ? ChannelAnswer.Done : $"webhook_{status}", status);
    }
}
