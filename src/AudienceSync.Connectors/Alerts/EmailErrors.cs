namespace AudienceSync.Connectors.Alerts;

/// <summary>A status of a mail server and what it means.</summary>
public sealed record EmailRule(int Status, ChannelOutcome Outcome);

/// <summary>The table from a status of SMTP (RFC 5321, RFC 4954) to an outcome.</summary>
public static class EmailErrors
{
    public static IReadOnlyList<EmailRule> Rules { get; } =
    [
        // Busy, greylisted, full, or a password that cannot be checked just now.
        .. new[] { 421, 450, 451, 452, 454 }.Select(status => new EmailRule(status, ChannelOutcome.Later)),
        // The server does not take our commands, our password, our sender or any recipient.
        .. new[] { 500, 501, 502, 503, 504, 521, 530, 534, 535, 538, 550, 551, 553, 554, 556 }.Select(status => new EmailRule(
            status,
            ChannelOutcome.Dead
        )),
        new(552, ChannelOutcome.Refused),
    ];

    /// <summary>Of a status without a row: 5xx is dead, anything else is tried later.</summary>
    public static ChannelAnswer Of(int status) =>
        new(
            Rules.FirstOrDefault(row => row.Status == status)?.Outcome
                ?? (status is >= 500 and < 600 ? ChannelOutcome.Dead : ChannelOutcome.Later),
            $"smtp_{status}",
            status
        );
}
