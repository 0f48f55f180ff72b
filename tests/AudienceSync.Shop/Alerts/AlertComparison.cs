using AudienceSync.Shop.Watching;

namespace AudienceSync.Shop.Alerts;

/// <summary>What the services that alert people received.</summary>
/// <param name="Slack">The texts of the messages.</param>
/// <param name="Incidents">At PagerDuty.</param>
internal sealed record AlertedPeople(IReadOnlyList<string> Slack, IReadOnlyList<PagerIncident> Incidents);

/// <summary>
/// Compares what the engine raised, and what arrived, with what was wrong. One ad account refused its token: that is one notice in Slack
/// and one incident at PagerDuty, whatever else followed from it.
/// </summary>
/// <param name="refused">The ad account whose token was refused; null for none.</param>
internal sealed class AlertComparison(string? refused)
{
    public const string TokenRefused = "token_refused";

    // A notice whose answer was lost is sent once more.
    private const int MostInSlack = 2;

    // The play has broken webhooks, and the stop of an account makes its removals of that hour slow.
    private static readonly string[] OfThePlay = ["webhook_failures", "quarantine_rate", "removal_latency"];

    /// <summary>Whether everybody was alerted about the token.</summary>
    public bool IsAlerted(EngineAlerts alerts) =>
        refused is null || Opened(alerts) is { Sends.Count: > 0 } notice && notice.Sends.All(send => send.State == "sent");

    public AlertFinding Evaluate(EngineAlerts alerts, AlertedPeople people)
    {
        List<string> missing = [.. Missing(alerts, people)];
        List<string> unexpected =
        [
            .. alerts
                .Alerts.Where(alert => alert.State == "firing" && !OfThePlay.Contains(alert.Rule, StringComparer.Ordinal))
                .Select(alert => $"{alert.Rule} of {alert.Subject} still fires"),
        ];
        return new AlertFinding(
            alerts.Notices.Count,
            alerts.Notices.Sum(notice => notice.Sends.Count(send => send.State == "sent")),
            missing.Count,
            unexpected.Count,
            [.. missing.Concat(unexpected).Select(text => $"alerts: {text}")]
        );
    }

    private IEnumerable<string> Missing(EngineAlerts alerts, AlertedPeople people)
    {
        if (refused is null)
        {
            yield break;
        }

        if (!IsAlerted(alerts))
        {
            yield return $"nobody was alerted that {refused} refuses its token";
        }

        var messages = people.Slack.Count(text => text == $"[CRITICAL] Access token refused: {refused}");
        if (messages is < 1 or > MostInSlack)
        {
            yield return $"Slack has {messages} messages about the token of {refused}, expected 1";
        }

        var incidents = people.Incidents.Count(incident => incident.DedupKey == $"audiencesync:default:{TokenRefused}:{refused}");
        if (incidents != 1)
        {
            yield return $"PagerDuty has {incidents} incidents about the token of {refused}, expected 1";
        }
    }

    private EngineNotice? Opened(EngineAlerts alerts) =>
        alerts.Notices.FirstOrDefault(notice => notice.Kind == "opened" && notice.Rule == TokenRefused && notice.Group == refused);
}
