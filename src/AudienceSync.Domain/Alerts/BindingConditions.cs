namespace AudienceSync.Domain.Alerts;

/// <summary>The rules about remote audiences.</summary>
internal static class BindingConditions
{
    /// <summary>Times the goal, at least <see cref="LeastCritical"/>, from which a late removal is critical.</summary>
    private const int CriticalGoals = 10;

    private static readonly TimeSpan LeastCritical = TimeSpan.FromMinutes(10);

    /// <summary>Minutes in which removed people may be targeted, over all of them.</summary>
    public const double StaleWarning = 1_000;

    public const double StaleCritical = 20_000;

    /// <summary>Members, and the share of the desired ones, from which drift is more than what is under way.</summary>
    public const long DriftMembers = 100;

    public const double DriftShare = 0.02;

    public const long DoubtMembers = 100;

    /// <summary>Settled members from which a size means anything: smaller ones are rounded, or not reported.</summary>
    public const long SettledMembers = 1_000;

    /// <summary>Match rates are rarely lower than this.</summary>
    public const double ReadingShare = 0.1;

    /// <summary>Refused members, and their share of the desired ones.</summary>
    public const long RefusedMembers = 100;

    public const double RefusedShare = 0.2;

    public static IEnumerable<AlertCondition> Of(BindingReading binding, AlertSettings settings, DateTimeOffset now)
    {
        if (binding.StoppedCode is { } code)
        {
            yield return Of(binding, AlertRules.AudienceStopped, AlertSeverity.Critical, [new("code", code)]);
        }

        // One in a hundred may be late: that is the goal.
        if (binding.OldestRemoval is { } oldest && binding.LateRemovals * 100 > binding.WaitingRemovals)
        {
            var goal = settings.GoalOf(binding.Audience);
            var critical = goal * CriticalGoals > LeastCritical ? goal * CriticalGoals : LeastCritical;
            yield return Of(
                binding,
                AlertRules.RemovalsLate,
                now - oldest >= critical ? AlertSeverity.Critical : AlertSeverity.Warning,
                [
                    new("late removals", AlertText.Number(binding.LateRemovals)),
                    new("oldest", AlertText.Duration(now - oldest)),
                    new("goal", AlertText.Duration(goal)),
                ]
            );
        }

        if (binding.Size is { Settled: >= SettledMembers } size && size.AtMost < size.Settled * ReadingShare)
        {
            yield return Of(
                binding,
                AlertRules.ReadingBelowDelivered,
                AlertSeverity.Warning,
                [
                    new("reported", AlertText.Number(size.AtMost)),
                    new("delivered", AlertText.Number(size.Settled)),
                    new("read", AlertText.Moment(size.ReadAt)),
                ]
            );
        }

        foreach (var condition in binding.Counted is { } counted ? Waiting(binding, counted).Concat(Different(binding, counted)) : [])
        {
            yield return condition;
        }
    }

    public static AlertCondition Plans(IGrouping<(string Destination, string Audience, string Remote), PlanReading> plans)
    {
        var (destination, audience, remote) = plans.Key;
        return new AlertCondition(
            AlertRules.PlanWaiting,
            $"{destination}/{audience}/{remote}",
            AlertSeverity.Critical,
            [
                new("plans", string.Join(", ", plans.Select(plan => AlertText.Number(plan.Plan)))),
                new("removals", AlertText.Number(plans.Sum(plan => plan.Removals))),
                new("since", AlertText.Moment(plans.Min(plan => plan.HeldAt))),
            ]
        )
        {
            Destination = destination,
            Audience = audience,
        };
    }

    private static IEnumerable<AlertCondition> Waiting(BindingReading binding, BindingCounted counted)
    {
        if (counted.StaleMinutes >= StaleWarning)
        {
            yield return Of(
                binding,
                AlertRules.StaleExposure,
                counted.StaleMinutes >= StaleCritical ? AlertSeverity.Critical : AlertSeverity.Warning,
                [new("minutes", AlertText.Number((long)counted.StaleMinutes))]
            );
        }

        if (counted.InDoubt >= DoubtMembers)
        {
            yield return Of(binding, AlertRules.InDoubt, AlertSeverity.Warning, [new("members", AlertText.Number(counted.InDoubt))]);
        }
    }

    private static IEnumerable<AlertCondition> Different(BindingReading binding, BindingCounted counted)
    {
        var drift = Math.Abs(counted.Desired - counted.Refused - counted.Delivered);
        if (drift >= DriftMembers && drift > counted.Desired * DriftShare)
        {
            yield return Of(
                binding,
                AlertRules.Drift,
                AlertSeverity.Warning,
                [new("desired", AlertText.Number(counted.Desired)), new("delivered", AlertText.Number(counted.Delivered))]
            );
        }

        if (counted.Refused >= RefusedMembers && counted.Refused > counted.Desired * RefusedShare)
        {
            var share = counted.Refused / (double)Math.Max(counted.Desired, counted.Refused);
            yield return Of(
                binding,
                AlertRules.RejectsShare,
                AlertSeverity.Warning,
                [new("refused", AlertText.Number(counted.Refused)), new("share", AlertText.Percent(share))]
            );
        }
    }

    private static AlertCondition Of(BindingReading binding, AlertRule rule, AlertSeverity severity, IReadOnlyList<AlertFact> facts) =>
        new(rule, binding.Subject, severity, facts) { Destination = binding.Destination, Audience = binding.Audience };
}
