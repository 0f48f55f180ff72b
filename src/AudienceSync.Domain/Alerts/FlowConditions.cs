namespace AudienceSync.Domain.Alerts;

/// <summary>The rules about what comes in: silence against its own rhythm, unusual volume, refusals.</summary>
internal static class FlowConditions
{
    /// <summary>Refused bodies of an hour that are always too many.</summary>
    public const long ManyRefused = 100;

    private const long LeastRefused = 5;
    private const double RefusedWarning = 0.05;
    private const double RefusedCritical = 0.5;

    /// <summary>Events that are quarantined within an hour and always too many.</summary>
    public const long ManyQuarantined = 500;

    private const long LeastQuarantined = 20;
    private const double QuarantinedShare = 0.01;

    /// <summary>Adds and removals of a day below which nothing is unusual.</summary>
    private const double LeastPerDay = 100;

    private const double Low = 0.3;
    private const double High = 3;

    public static IEnumerable<AlertCondition> OfSource(FlowReading source, DateTimeOffset now) =>
        Silence(source, AlertRules.SourceSilent, AlertSeverity.Critical, now) is { } silent ? [silent] : [];

    public static IEnumerable<AlertCondition> OfAudience(FlowReading audience, DateTimeOffset now)
    {
        if (Silence(audience, AlertRules.AudienceSilent, AlertSeverity.Warning, now) is { } silent)
        {
            yield return silent with
            {
                Audience = audience.Name,
            };
        }

        if (FlowRhythm.Days(audience.Hours, now) is { } days && days.Usual >= LeastPerDay)
        {
            var share = days.Latest / days.Usual;
            if (share is < Low or > High)
            {
                yield return new AlertCondition(
                    AlertRules.VolumeAnomaly,
                    audience.Name,
                    AlertSeverity.Warning,
                    [
                        new("last 24 h", AlertText.Number(days.Latest)),
                        new("usual day", AlertText.Number((long)days.Usual)),
                        new("share", AlertText.Percent(share)),
                    ]
                )
                {
                    Audience = audience.Name,
                };
            }
        }
    }

    public static IEnumerable<AlertCondition> OfFailures(FailureReading failures)
    {
        var all = failures.Accepted + failures.Refused;
        var share = all == 0 ? 0 : failures.Refused / (double)all;
        if (failures.Refused >= ManyRefused || (failures.Refused >= LeastRefused && share > RefusedWarning))
        {
            yield return new AlertCondition(
                AlertRules.WebhookFailures,
                failures.Source,
                failures.Refused >= LeastRefused && share > RefusedCritical ? AlertSeverity.Critical : AlertSeverity.Warning,
                [new("refused in the last hour", AlertText.Number(failures.Refused)), new("share", AlertText.Percent(share))]
            );
        }

        var received = failures.Accepted + failures.Quarantined;
        if (
            failures.Quarantined >= ManyQuarantined
            || (failures.Quarantined >= LeastQuarantined && failures.Quarantined > received * QuarantinedShare)
        )
        {
            yield return new AlertCondition(
                AlertRules.QuarantineRate,
                failures.Source,
                AlertSeverity.Warning,
                [
                    new("quarantined in the last hour", AlertText.Number(failures.Quarantined)),
                    new("share", AlertText.Percent(failures.Quarantined / (double)received)),
                ]
            );
        }
    }

    private static AlertCondition? Silence(FlowReading flow, AlertRule rule, AlertSeverity severity, DateTimeOffset now) =>
        flow.LastAt is { } last && FlowRhythm.Tolerated(flow.Hours, now) is { } tolerated && now - last > tolerated
            ? new AlertCondition(
                rule,
                flow.Name,
                severity,
                [
                    new("silent for", AlertText.Duration(now - last)),
                    new("since", AlertText.Moment(last)),
                    new("longest usual silence", AlertText.Duration(FlowRhythm.LongestSilence(flow.Hours))),
                ]
            )
            : null;
}
