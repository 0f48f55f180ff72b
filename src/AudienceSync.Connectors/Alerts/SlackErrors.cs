namespace AudienceSync.Connectors.Alerts;

/// <summary>An answer of Slack and what it means. The text is the whole body; null for any.</summary>
public sealed record SlackRule(int Status, string? Text, ChannelOutcome Outcome);

/// <summary>The table from an answer to an outcome (contracts/alerts.md 3.2).</summary>
public static class SlackErrors
{
    public static IReadOnlyList<SlackRule> Rules { get; } =
    [
        new(200, "ok", ChannelOutcome.Accepted),
        // Any other text of a 200 is a failure.
        new(200, null, ChannelOutcome.Later),
        new(400, "invalid_payload", ChannelOutcome.Refused),
        new(400, "user_not_found", ChannelOutcome.Refused),
        new(400, "invalid_blocks", ChannelOutcome.Refused),
        new(400, "invalid_blocks_format", ChannelOutcome.Refused),
        new(400, "missing_text_or_fallback_or_attachments", ChannelOutcome.Refused),
        new(400, "invalid_token", ChannelOutcome.Dead),
        new(400, null, ChannelOutcome.Refused),
        new(403, "action_prohibited", ChannelOutcome.Dead),
        new(403, "invalid_token", ChannelOutcome.Dead),
        new(403, null, ChannelOutcome.Dead),
        new(404, "channel_not_found", ChannelOutcome.Dead),
        new(404, "no_service", ChannelOutcome.Dead),
        new(404, "no_team", ChannelOutcome.Dead),
        new(404, null, ChannelOutcome.Dead),
        new(410, "channel_is_archived", ChannelOutcome.Dead),
        new(410, null, ChannelOutcome.Dead),
        new(429, null, ChannelOutcome.Later),
        new(500, "rollup_error", ChannelOutcome.Later),
        new(500, null, ChannelOutcome.Later),
    ];

    /// <summary>Of a status without a row: a redirect or a client error is dead, anything else is tried later.</summary>
    public static ChannelAnswer Of(int status, string text)
    {
        var rule =
            Rules.FirstOrDefault(row => row.Status == status && row.Text == text)
            ?? Rules.FirstOrDefault(row => row.Status == status && row.Text is null);
        var outcome = rule?.Outcome ?? (status is >= 300 and < 500 ? ChannelOutcome.Dead : ChannelOutcome.Later);
        return outcome == ChannelOutcome.Accepted ? new ChannelAnswer(outcome, ChannelAnswer.Done, status)
            : rule?.Text is { } known ? new ChannelAnswer(outcome, "slack_" + known, status)
            : new ChannelAnswer(outcome, $"slack_{status}", status);
    }
}
