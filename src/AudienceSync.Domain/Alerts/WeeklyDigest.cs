namespace AudienceSync.Domain.Alerts;

/// <summary>
/// What an owner of a channel hears once a week: what happened, what fires, what is silenced, and where removals were slow. A notice like
/// any other, so it is recorded, sent and answered like one.
/// </summary>
public static class WeeklyDigest
{
    /// <summary>In place of a rule in notices.</summary>
    public const string Rule = "weekly_digest";

    private const string Advice = "See audiencesync alerts list.";

    /// <param name="channel">The channel that gets it.</param>
    /// <param name="scope">Whose incidents the channel gets.</param>
    /// <param name="least">It gets what is at least as bad.</param>
    /// <param name="week">What was read.</param>
    /// <param name="now">The time.</param>
    public static AlertNotice Of(string channel, ChannelScope scope, AlertSeverity least, WeekReading week, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(week);
        var firing = week
            .Firing.Where(alert => alert.Status == AlertStatus.Firing && alert.Severity >= least && scope.Has(alert.Condition.Owner))
            .OrderByDescending(alert => alert.Severity)
            .ThenBy(alert => alert.Id.Rule, StringComparer.Ordinal)
            .ThenBy(alert => alert.Id.Subject, StringComparer.Ordinal)
            .ToList();
        var incidents = week.Incidents.Where(of => of.Severity >= least).ToList();
        List<NoticeSection> sections =
        [
            new("Incidents of the week", [.. incidents.OrderByDescending(of => of.Severity).ThenBy(of => of.Rule).Select(Member)]),
            new("Firing now", [.. firing.Select(alert => Member(alert, week.Silences, now))]),
        ];

        // Accounts and silences are of the whole workspace, and owners of audiences get what is theirs.
        if (!scope.IsReserved)
        {
            sections.Add(new NoticeSection("Silenced now", [.. week.Silences.Where(one => one.Until > now).Select(Member)]));
            sections.Add(new NoticeSection("Removals, the slowest accounts first", [.. week.Removals.Select(Member)]));
        }

        return new AlertNotice(
            NoticeKind.WeeklyDigest,
            AlertSeverity.Warning,
            Rule,
            channel,
            $"Week to {AlertText.Day(week.To)}: incidents {AlertText.Number(incidents.Sum(of => of.Began))}, "
                + $"firing now {AlertText.Number(firing.Count)}",
            Advice,
            week.From,
            now,
            []
        )
        {
            Sections = sections,
        };
    }

    private static NoticeMember Member(WeekIncidents of) =>
        new(
            $"{AlertRules.Find(of.Rule)?.Title ?? of.Rule} ({Name(of.Severity)})",
            [
                new("began", AlertText.Number(of.Began)),
                new("recovered", AlertText.Number(of.Recovered)),
                .. of is { Median: { } median, Longest: { } longest }
                    ? new AlertFact[]
                    {
                        new("median time to recovery", AlertText.Duration(median)),
                        new("longest", AlertText.Duration(longest)),
                    }
                    : [],
            ]
        );

    private static NoticeMember Member(Alert alert, IReadOnlyList<AlertSilence> silences, DateTimeOffset now) =>
        new(
            $"{alert.Condition.Rule.Title} ({Name(alert.Severity)})",
            [
                new("subject", alert.Id.Subject),
                .. AccountConditions.Since(alert.Since, now),
                .. silences.Any(one => one.Covers(alert.Condition, now)) ? [new AlertFact("silenced", "yes")] : Array.Empty<AlertFact>(),
            ]
        );

    // Not who silenced it, and not why: what people write may be about people.
    private static NoticeMember Member(AlertSilence silence) =>
        new(
            silence.Rule is { } rule ? AlertRules.Find(rule)?.Title ?? rule : "All rules",
            [
                .. silence.Destination is { } destination ? [new AlertFact("destination", destination)] : Array.Empty<AlertFact>(),
                .. silence.Subject is { } subject ? [new AlertFact("subject", subject)] : Array.Empty<AlertFact>(),
                new("until", AlertText.Moment(silence.Until)),
            ]
        );

    private static NoticeMember Member(WeekRemovals of) =>
        new(
            of.Destination,
            [
                new("removals", AlertText.Number(of.Removals)),
                new("p99", AlertText.Duration(of.P99)),
                new("slowest", AlertText.Duration(of.Slowest)),
            ]
        );

    private static string Name(AlertSeverity severity) => severity == AlertSeverity.Critical ? "critical" : "warning";
}
