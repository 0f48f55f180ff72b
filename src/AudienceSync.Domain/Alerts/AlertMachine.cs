namespace AudienceSync.Domain.Alerts;

/// <summary>Everything that is not ok, and what people know of it.</summary>
/// <param name="Alerts">By name; those that are ok are not there.</param>
/// <param name="Incidents">By name.</param>
public sealed record AlertState(IReadOnlyDictionary<AlertId, Alert> Alerts, IReadOnlyDictionary<IncidentId, AlertIncident> Incidents)
{
    public static AlertState Ok { get; } = new(new Dictionary<AlertId, Alert>(), new Dictionary<IncidentId, AlertIncident>());
}

/// <summary>The result of a look at everything.</summary>
/// <param name="State">As it is now.</param>
/// <param name="Notices">What people are sent.</param>
public sealed record AlertStep(AlertState State, IReadOnlyList<AlertNotice> Notices);

/// <summary>
/// Turns conditions into notices. Pure: the same conditions at the same times give the same notices, on whichever Host.
/// <para>
/// <b>States of an alert.</b> ok -> pending (the condition must hold for the rule's time) -> firing -> recovering (it must be over for the
/// rule's time) -> ok. From recovering back to firing nothing is sent: a condition that comes and goes is one incident.
/// </para>
/// <para>
/// <b>Notices of an incident.</b> The first after 30 s, so that what fails together is announced together; once more when it becomes
/// critical, and never when it is a warning again; every five minutes when it has more subjects; a reminder after 4 h (critical) or 24 h;
/// one recovery, when the last of its alerts is ok. What ended before it was announced is never announced.
/// </para>
/// <para>
/// <b>Nothing is sent</b> about audiences whose destination has an alert that explains theirs, nor about what is silenced. Except for the
/// recovery of what was announced: otherwise an incident would stay open for ever.
/// </para>
/// </summary>
public static class AlertMachine
{
    public static readonly TimeSpan GroupWait = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan UpdateEvery = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan RemindCritical = TimeSpan.FromHours(4);
    public static readonly TimeSpan RemindWarning = TimeSpan.FromHours(24);

    public static AlertStep Step(
        AlertState before,
        IEnumerable<AlertCondition> conditions,
        IReadOnlyList<AlertSilence> silences,
        DateTimeOffset now
    )
    {
        ArgumentNullException.ThrowIfNull(before);
        var alerts = Next(before.Alerts, conditions.ToDictionary(condition => condition.Id), now);
        var causes = alerts
            .Values.Where(alert => alert.IsActive && alert.Condition.Rule.Inhibits)
            .Select(alert => alert.Condition.Destination)
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        var active = alerts.Values.Where(alert => alert.IsActive).ToLookup(alert => IncidentId.Of(alert.Condition));
        var (incidents, notices) = (new Dictionary<IncidentId, AlertIncident>(), new List<AlertNotice>());
        foreach (var id in before.Incidents.Keys.Concat(active.Select(group => group.Key)).Distinct().Order(IncidentOrder.Instance))
        {
            var (next, notice) = Next(
                before.Incidents.GetValueOrDefault(id),
                id,
                [.. active[id]],
                alert => !IsInhibited(alert.Condition, causes) && !silences.Any(one => one.Covers(alert.Condition, now)),
                now
            );
            if (next is not null)
            {
                incidents.Add(id, next);
            }

            if (notice is not null)
            {
                notices.Add(notice);
            }
        }

        // What is over first: the services that are called have limits.
        return new AlertStep(
            new AlertState(alerts, incidents),
            [.. notices.OrderBy(notice => notice.Kind == NoticeKind.Recovered ? 0 : 1)]
        );
    }

    private static (AlertIncident? Next, AlertNotice? Notice) Next(
        AlertIncident? known,
        IncidentId id,
        List<Alert> active,
        Func<Alert, bool> isAudible,
        DateTimeOffset now
    )
    {
        if (active.Count == 0)
        {
            return (null, known is { Announced: not null } ? IncidentRule.Recovered(known, now) : null);
        }

        var audible = active.Where(isAudible).OrderBy(alert => alert.Id.Subject, StringComparer.Ordinal).ToList();
        return IncidentRule.Next(known ?? IncidentRule.Begin(id, active[0], now), audible, now);
    }

    /// <summary>Whether the alert of a destination explains it.</summary>
    private static bool IsInhibited(AlertCondition condition, HashSet<string> causes) =>
        condition.Rule.Scope == AlertScope.Audience && condition.Destination is { } destination && causes.Contains(destination);

    private static Dictionary<AlertId, Alert> Next(
        IReadOnlyDictionary<AlertId, Alert> before,
        Dictionary<AlertId, AlertCondition> conditions,
        DateTimeOffset now
    )
    {
        var next = new Dictionary<AlertId, Alert>();
        foreach (var id in before.Keys.Concat(conditions.Keys).Distinct())
        {
            if (Alert.Next(before.GetValueOrDefault(id), conditions.GetValueOrDefault(id), now) is { } alert)
            {
                next.Add(id, alert);
            }
        }

        return next;
    }
}
