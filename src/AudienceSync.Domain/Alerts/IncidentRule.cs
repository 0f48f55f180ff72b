namespace AudienceSync.Domain.Alerts;

/// <summary>When people hear of an incident.</summary>
internal static class IncidentRule
{
    public static AlertIncident Begin(IncidentId id, Alert first, DateTimeOffset now) => new(id, now) { Owner = first.Condition.Owner };

    /// <param name="known">What people know of it.</param>
    /// <param name="audible">Its alerts that are neither explained by another nor silenced, in the order of their subjects.</param>
    /// <param name="now">The time.</param>
    public static (AlertIncident Next, AlertNotice? Notice) Next(AlertIncident known, List<Alert> audible, DateTimeOffset now)
    {
        if (!audible.Exists(alert => alert.Status == AlertStatus.Firing))
        {
            return (known, null); // Nobody is alerted about what ends just now.
        }

        var worst = audible.Max(alert => alert.Severity);
        if (known.Announced is not { } announced)
        {
            return now - known.BeganAt < AlertMachine.GroupWait ? (known, null) : Announce(known, audible, NoticeKind.Opened, worst, now);
        }

        var kind =
            worst > announced ? NoticeKind.Escalated
            : now >= known.UpdateAt && audible.Exists(alert => !known.Members.Contains(alert.Id.Subject)) ? NoticeKind.Updated
            : now >= known.RemindAt ? NoticeKind.Reminder
            : (NoticeKind?)null;
        return kind is { } why ? Announce(known, audible, why, Alert.Worse(worst, announced), now) : (known, null);
    }

    public static AlertNotice Recovered(AlertIncident known, DateTimeOffset now) =>
        Notice(
            known,
            NoticeKind.Recovered,
            known.Announced!.Value,
            [.. known.Members.Select(subject => new NoticeMember(subject, []))],
            now
        );

    private static (AlertIncident Next, AlertNotice Notice) Announce(
        AlertIncident known,
        List<Alert> audible,
        NoticeKind kind,
        AlertSeverity severity,
        DateTimeOffset now
    )
    {
        // Who left and comes back is no news, so members stay known until the end.
        var next = known with
        {
            Announced = severity,
            Members =
            [
                .. known.Members.Union(audible.Select(alert => alert.Id.Subject), StringComparer.Ordinal).Order(StringComparer.Ordinal),
            ],
            UpdateAt = now + AlertMachine.UpdateEvery,
            RemindAt = now + (severity == AlertSeverity.Critical ? AlertMachine.RemindCritical : AlertMachine.RemindWarning),
        };
        var members = audible.ConvertAll(alert => new NoticeMember(alert.Id.Subject, alert.Condition.Facts));
        return (next, Notice(next, kind, severity, members, now));
    }

    private static AlertNotice Notice(
        AlertIncident incident,
        NoticeKind kind,
        AlertSeverity severity,
        IReadOnlyList<NoticeMember> members,
        DateTimeOffset now
    )
    {
        var rule = AlertRules.Find(incident.Id.Rule);
        return new AlertNotice(
            kind,
            severity,
            incident.Id.Rule,
            incident.Id.Group,
            rule?.Title ?? incident.Id.Rule,
            rule?.Advice ?? "",
            incident.BeganAt,
            now,
            members
        )
        {
            Owner = incident.Owner,
        };
    }
}
