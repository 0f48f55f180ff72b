using AudienceSync.Domain.Alerts;

namespace AudienceSync.Domain.Tests.Alerts;

/// <summary>A condition that comes and goes: often for seconds, sometimes for days.</summary>
internal sealed class AlertLife(AlertCondition condition, Random random)
{
    private DateTimeOffset _turnsAt = AlertRun.Start;
    private DateTimeOffset? _since;
    private DateTimeOffset? _endedAt;
    private bool _fired;

    public AlertCondition Condition => condition;

    public void Move(AlertRun run)
    {
        if (run.Now >= _turnsAt)
        {
            _turnsAt = run.Now + TimeSpan.FromSeconds(Math.Exp(random.NextDouble() * 12));
            if (_since is null)
            {
                run.Begin(condition with { Severity = random.Next(4) == 0 ? AlertSeverity.Critical : AlertSeverity.Warning });
                _since = run.Now;
                _endedAt = _fired ? _endedAt : null;
            }
            else
            {
                run.End(condition);
                (_since, _endedAt) = (null, run.Now);
            }
        }

        if (_since is { } since && run.Now - since >= condition.Rule.For)
        {
            _fired = true;
        }
        else if (_since is null && _fired && run.Now - _endedAt >= condition.Rule.Keep)
        {
            _fired = false;
        }
    }

    /// <summary>Whether it fires, or has not been over for long enough.</summary>
    public bool Fires(DateTimeOffset now) => _fired && (_since is not null || now - _endedAt < condition.Rule.Keep);
}
