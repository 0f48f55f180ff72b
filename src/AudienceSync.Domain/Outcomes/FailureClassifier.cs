using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Outcomes;

/// <summary>
/// What a failed message proves about its address, from the metric and the text of the failure (contracts/customerio.md 2.6). The text is
/// written by mail servers and carriers in no fixed form, and is only read for signs that are unmistakable:
/// <list type="bullet">
/// <item><c>bounced</c> is hard, unless the text shows a temporary cause (soft) or that the sender, not the address, was refused (blocked).
/// A sign of an unknown recipient precedes both, because servers write "policy" and "try again" into any answer.</item>
/// <item><c>dropped</c> is blocked: the platform suppresses the person and did not send.</item>
/// <item><c>attempted</c>, <c>deferred</c> and <c>failed</c> are soft: the message did not go out. When the text shows that the template
/// could not be rendered, they prove nothing.</item>
/// <item><c>undeliverable</c> proves nothing: a message limit, a canceled newsletter, or sending is off in that environment.</item>
/// </list>
/// Channels without an address of the person (in_app, slack, webhook, customer and unknown ones) never fail in this sense.
/// </summary>
public static class FailureClassifier
{
    private static readonly string[] UnknownRecipient =
    [
        "5.1.1",
        "5.1.10",
        "5.4.4",
        "user unknown",
        "unknown user",
        "no such user",
        "unknown recipient",
        "recipient not found",
        "address not found",
        "does not exist",
        "doesn't exist",
        "mailbox unavailable",
        "invalid recipient",
        "account is disabled",
        "account has been disabled",
        "domain not found",
        "host not found",
        "nxdomain",
        "unregistered",
        "not registered",
        "invalid token",
        "not a valid phone",
        "is not a mobile",
        "landline",
        "unknown destination",
        "30005",
        "30006",
        "21211",
        "21614",
    ];

    private static readonly string[] Temporary =
    [
        "mailbox full",
        "mailbox is full",
        "quota",
        "out of storage",
        "4.2.2",
        "4.4.",
        "4.7.",
        "5.2.2",
        "temporar",
        "try again",
        "try later",
        "greylist",
        "graylist",
        "rate limit",
        "too many",
        "timed out",
        "timeout",
        "connection refused",
        "unreachable",
        "deferred",
        "throttl",
        "30003",
    ];

    private static readonly string[] SenderRefused =
    [
        "5.7.",
        "spam",
        "blocklist",
        "blacklist",
        "block list",
        "black list",
        "blocked",
        "reputation",
        "dmarc",
        "spf",
        "dkim",
        "policy",
        "filtered",
        "suppress",
        "opted out",
        "unsubscribed",
        "21610",
        "30007",
    ];

    private static readonly string[] NotSent = ["liquid", "template", "render", "syntax error"];

    /// <summary>Classifies an outcome.</summary>
    /// <param name="channel">The channel, as sent.</param>
    /// <param name="metric">The metric, as sent.</param>
    /// <param name="text">The failure's text; null or empty when there is none. It is read, never kept: it may quote an address.</param>
    public static DeliveryFailure Classify(string channel, string metric, string? text)
    {
        if (!OutcomeChannels.Addressed.Contains(channel))
        {
            return DeliveryFailure.None;
        }

        return metric switch
        {
            OutcomeMetrics.Bounced => OfBounce(text ?? ""),
            OutcomeMetrics.Dropped => DeliveryFailure.Blocked,
            OutcomeMetrics.Attempted or OutcomeMetrics.Deferred or OutcomeMetrics.Failed => Has(text ?? "", NotSent)
                ? DeliveryFailure.None
                : DeliveryFailure.Soft,
            _ => DeliveryFailure.None,
        };
    }

    private static DeliveryFailure OfBounce(string text) =>
        Has(text, UnknownRecipient) ? DeliveryFailure.Hard
        : Has(text, Temporary) ? DeliveryFailure.Soft
        : Has(text, SenderRefused) ? DeliveryFailure.Blocked
        : DeliveryFailure.Hard;

    private static bool Has(string text, string[] signs) => Array.Exists(signs, sign => Contains(text, sign));

    // A sign that begins or ends with a digit is a code, and must not be part of a longer number (an address may contain digits).
    private static bool Contains(string text, string sign)
    {
        for (var at = 0; (at = text.IndexOf(sign, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            var isWhole =
                (!char.IsAsciiDigit(sign[0]) || at == 0 || !IsNumber(text[at - 1]))
                && (!char.IsAsciiDigit(sign[^1]) || at + sign.Length == text.Length || !char.IsAsciiDigit(text[at + sign.Length]));
            if (isWhole)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNumber(char character) => char.IsAsciiDigit(character) || character is '.' or '+';
}
