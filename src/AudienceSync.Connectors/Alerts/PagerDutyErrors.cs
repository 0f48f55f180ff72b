using System.Text.Json;
using AudienceSync.Connectors.Http;

namespace AudienceSync.Connectors.Alerts;

/// <summary>A status of PagerDuty and what it means.</summary>
public sealed record PagerDutyRule(int Status, ChannelOutcome Outcome);

/// <summary>The table from an answer to an outcome (contracts/alerts.md 3.3).</summary>
public static class PagerDutyErrors
{
    private const string RoutingKey = "routing_key";

    public static IReadOnlyList<PagerDutyRule> Rules { get; } =
    [
        new(202, ChannelOutcome.Accepted),
        // Never repeated. What it names decides whose mistake it is.
        new(400, ChannelOutcome.Refused),
        .. new[] { 429, 500, 502, 503, 504 }.Select(status => new PagerDutyRule(status, ChannelOutcome.Later)),
    ];

    /// <summary>Of a status without a row: a redirect or a client error is dead, anything else is tried later.</summary>
    public static ChannelAnswer Of(int status, ReadOnlyMemory<byte> body)
    {
        if (status == 400 && NamesTheKey(body))
        {
            return new ChannelAnswer(ChannelOutcome.Dead, "pagerduty_routing_key", status);
        }

        var outcome =
            Rules.FirstOrDefault(row => row.Status == status)?.Outcome
            ?? (status is >= 300 and < 500 ? ChannelOutcome.Dead : ChannelOutcome.Later);
        return new ChannelAnswer(outcome, outcome == ChannelOutcome.Accepted ? ChannelAnswer.Done : $"pagerduty_{status}", status);
    }

    private static bool NamesTheKey(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, JsonFields.Options);
            return document
                .RootElement.Items("errors")
                .Any(error =>
                    error.ValueKind == JsonValueKind.String
                    && error.GetString()!.Replace(' ', '_').Contains(RoutingKey, StringComparison.OrdinalIgnoreCase)
                );
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
