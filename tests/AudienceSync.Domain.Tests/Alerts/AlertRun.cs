using AudienceSync.Domain.Alerts;

namespace AudienceSync.Domain.Tests.Alerts;

/// <summary>The machine in virtual time: looks every 15 s, and keeps what was sent.</summary>
internal sealed class AlertRun(TimeSpan? look = null)
{
    public static readonly DateTimeOffset Start = new(2026, 11, 29, 18, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<AlertId, AlertCondition> _conditions = [];

    public TimeSpan Look { get; } = look ?? TimeSpan.FromSeconds(15);

    public DateTimeOffset Now { get; private set; } = Start;

    public AlertState State { get; private set; } = AlertState.Ok;

    public List<AlertNotice> Notices { get; } = [];

    public List<AlertSilence> Silences { get; } = [];

    public IReadOnlyCollection<AlertCondition> Conditions => _conditions.Values;

    public static AlertCondition Of(AlertRule rule, string subject, AlertSeverity severity = AlertSeverity.Warning) =>
        new(rule, subject, severity, [new AlertFact("count", "1")])
        {
            Destination = rule.Scope is AlertScope.Account or AlertScope.Audience ? subject.Split('/')[0] : null,
            Audience = rule.Scope == AlertScope.Audience ? subject.Split('/')[^1] : null,
        };

    public void Begin(AlertCondition condition) => _conditions[condition.Id] = condition;

    public void End(AlertCondition condition) => _conditions.Remove(condition.Id);

    /// <summary>Looks once, and lets the time pass until the next look.</summary>
    public IReadOnlyList<AlertNotice> Once()
    {
        var step = AlertMachine.Step(State, _conditions.Values, Silences, Now);
        State = step.State;
        Notices.AddRange(step.Notices);
        Now += Look;
        return step.Notices;
    }

    public void Pass(TimeSpan time)
    {
        for (var end = Now + time; Now < end; )
        {
            Once();
        }
    }

    public IReadOnlyList<NoticeKind> Kinds => [.. Notices.Select(notice => notice.Kind)];
}
