using System.Collections.Frozen;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Webhook;

/// <summary>One status and its outcome.</summary>
public sealed record WebhookRule(int Status, OutcomeKind Kind);

/// <summary>
/// The table from a response to an outcome (docs/webhook.md). The status decides; the body only lists the rows of a successful response
/// that were not accepted.
/// </summary>
public static class WebhookErrors
{
    private const string Rejected = "webhook_rejected";

    public static IReadOnlyList<WebhookRule> Rules { get; } =
    [
        // The receiver has moved, and a signed batch is not sent to the address in a response.
        .. new[] { 301, 302, 303, 307, 308 }.Select(status => new WebhookRule(status, OutcomeKind.StopAccount)),
        new(401, OutcomeKind.StopAccount),
        new(403, OutcomeKind.StopAccount),
        new(404, OutcomeKind.StopAudience),
        new(410, OutcomeKind.StopAudience),
        new(413, OutcomeKind.SplitBatch),
        new(429, OutcomeKind.Snooze),
        // Not done now, and not because of an error in the call.
        .. new[] { 408, 409, 425, 500, 502, 503, 504 }.Select(status => new WebhookRule(status, OutcomeKind.Retry)),
    ];

    private static readonly FrozenDictionary<int, WebhookRule> ByStatus = Rules.ToFrozenDictionary(rule => rule.Status);

    internal static Outcome Of(int status, WebhookAnswer? answer) =>
        (status, answer) switch
        {
            (>= 200 and < 300, null) => new Outcome(OutcomeKind.Retry, "answer_too_large"),
            (>= 200 and < 300, { IsUnderstood: false }) => new Outcome(OutcomeKind.Retry, "not_understood"),
            (>= 200 and < 300, { RejectedCount: > 0 }) => new Outcome(OutcomeKind.PartlyDone, Rejected),

            // It reports that some rows were not accepted but not which: the result of every row is unknown.
            (207, { Rejected.Count: 0 }) => new Outcome(OutcomeKind.Retry, "not_understood"),
            (>= 200 and < 300, _) => Outcome.Done,
            _ => OfStatus(status),
        };

    private static Outcome OfStatus(int status) =>
        ByStatus.GetValueOrDefault(status) is { } rule
            ? new Outcome(rule.Kind, $"webhook_{status}")
            : new Outcome(OutcomeKind.Retry, status >= 500 ? $"webhook_{status}" : $"webhook_unknown_{status}");
}
