namespace AudienceSync.Domain.Alerts;

/// <summary>The state of an alert; the numbers are stored. An alert that is not there is ok.</summary>
public enum AlertStatus : short
{
    /// <summary>The condition holds, and not for long enough yet.</summary>
    Pending = 1,

    /// <summary>The condition holds.</summary>
    Firing = 2,

    /// <summary>The condition does not hold any more, and not for long enough yet.</summary>
    Recovering = 3,
}

/// <summary>An alert that is not ok.</summary>
/// <param name="Condition">As it held last.</param>
/// <param name="Status">Its state.</param>
/// <param name="Severity">The worst since it fires: what was bad once is not announced as better.</param>
/// <param name="Since">Since when the condition holds.</param>
/// <param name="ChangedAt">Since when it has its state.</param>
public sealed record Alert(
    AlertCondition Condition,
    AlertStatus Status,
    AlertSeverity Severity,
    DateTimeOffset Since,
    DateTimeOffset ChangedAt
)
{
    public AlertId Id => Condition.Id;

    /// <summary>Whether people may know of it: it fires, or did a moment ago.</summary>
    public bool IsActive => Status is AlertStatus.Firing or AlertStatus.Recovering;

    /// <summary>What becomes of it.</summary>
    /// <param name="before">As it was; null when it was ok.</param>
    /// <param name="condition">What holds now; null when nothing does.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null when it is ok.</returns>
    public static Alert? Next(Alert? before, AlertCondition? condition, DateTimeOffset now) =>
        condition is { } holds ? Holding(before, holds, now)
        : before is not { IsActive: true } ? null
        : Ended(before.Status == AlertStatus.Firing ? before with { Status = AlertStatus.Recovering, ChangedAt = now } : before, now);

    internal static AlertSeverity Worse(AlertSeverity one, AlertSeverity other) => one > other ? one : other;

    private static Alert Holding(Alert? before, AlertCondition condition, DateTimeOffset now) =>
        before is { IsActive: true }
            ? before with
            {
                Condition = condition,
                Status = AlertStatus.Firing,
                Severity = Worse(before.Severity, condition.Severity),
                ChangedAt = before.Status == AlertStatus.Firing ? before.ChangedAt : now,
            }
            : Held(before ?? new Alert(condition, AlertStatus.Pending, condition.Severity, now, now), condition, now);

    private static Alert Held(Alert pending, AlertCondition condition, DateTimeOffset now) =>
        now - pending.Since >= condition.Rule.For
            ? pending with
            {
                Condition = condition,
                Status = AlertStatus.Firing,
                Severity = condition.Severity,
                ChangedAt = now,
            }
            : pending with
            {
                Condition = condition,
                Severity = condition.Severity,
            };

    private static Alert? Ended(Alert recovering, DateTimeOffset now) =>
        now - recovering.ChangedAt >= recovering.Condition.Rule.Keep ? null : recovering;
}
