namespace AudienceSync.Domain.Alerts;

/// <summary>Applies every rule to what was read.</summary>
public static class AlertConditions
{
    public static IReadOnlyList<AlertCondition> Of(AlertReadings readings, AlertSettings settings)
    {
        ArgumentNullException.ThrowIfNull(readings);
        ArgumentNullException.ThrowIfNull(settings);
        var paused = readings
            .Accounts.Where(account => account.PausedAt is not null)
            .Select(account => account.Destination)
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. readings
                .Accounts.SelectMany(account => AccountConditions.Of(account, settings, readings.At))
                // Those who paused an account know that nothing is sent there.
                .Concat(
                    readings
                        .Bindings.Where(binding => !paused.Contains(binding.Destination))
                        .SelectMany(binding => BindingConditions.Of(binding, settings, readings.At))
                )
                .Concat(readings.Plans.GroupBy(plan => (plan.Destination, plan.Audience, plan.Remote)).Select(BindingConditions.Plans))
                .Concat(readings.Sources.SelectMany(source => FlowConditions.OfSource(source, readings.At)))
                .Concat(readings.Audiences.SelectMany(audience => FlowConditions.OfAudience(audience, readings.At)))
                .Concat(readings.Failures.SelectMany(FlowConditions.OfFailures))
                .Concat(WorkspaceConditions.Of(readings))
                .Concat(WorkspaceConditions.OfChannels(readings))
                .Where(condition => !settings.Off.Contains(condition.Rule.Name))
                .Select(condition => condition with { Owner = settings.OwnerOf(condition.Audience)?.Name }),
        ];
    }
}
