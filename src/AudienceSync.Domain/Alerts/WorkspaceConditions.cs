namespace AudienceSync.Domain.Alerts;

/// <summary>The rules about the workspace itself and its channels.</summary>
internal static class WorkspaceConditions
{
    /// <summary>The subject of what is one thing in a workspace.</summary>
    public const string Subject = "workspace";

    /// <summary>The subject of the exposure log's projector.</summary>
    public const string Exposures = "exposures";

    private static readonly TimeSpan LagWarning = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LagCritical = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ErasureWarning = TimeSpan.FromDays(7);
    private static readonly TimeSpan ErasureCritical = TimeSpan.FromDays(1);
    private static readonly TimeSpan ChannelWaits = TimeSpan.FromMinutes(15);

    private const double DiskWarning = 0.15;
    private const double DiskCritical = 0.05;

    public static IEnumerable<AlertCondition> Of(AlertReadings readings)
    {
        var now = readings.At;
        if (readings.LagSince is { } since && now - since >= LagWarning)
        {
            yield return Of(
                AlertRules.ProjectorLag,
                now - since >= LagCritical,
                [new("events", AlertText.Number(readings.LagEvents)), .. AccountConditions.Since(since, now)]
            );
        }

        // Nobody is targeted wrongly meanwhile, so nobody is woken up.
        if (readings.ExposureLagSince is { } unread && now - unread >= LagCritical)
        {
            yield return Of(
                AlertRules.ProjectorLag,
                isCritical: false,
                [new("events", AlertText.Number(readings.ExposureLag)), .. AccountConditions.Since(unread, now)]
            ) with
            {
                Subject = Exposures,
            };
        }

        if (readings.MissingPartitions.Count > 0)
        {
            yield return Of(AlertRules.PartitionUpkeep, isCritical: true, [new("tables", string.Join(", ", readings.MissingPartitions))]);
        }

        if (readings.DiskFree is { } free and < DiskWarning)
        {
            yield return Of(AlertRules.DiskFull, free < DiskCritical, [new("free", AlertText.Percent(free))]);
        }

        if (readings.ErasureDeadline is { } deadline && deadline - now <= ErasureWarning)
        {
            var left = deadline - now;
            yield return Of(
                AlertRules.ErasureDeadline,
                left <= ErasureCritical,
                [new("deadline", AlertText.Moment(deadline)), new("left", left > TimeSpan.Zero ? AlertText.Duration(left) : "nothing")]
            );
        }
    }

    public static IEnumerable<AlertCondition> OfChannels(AlertReadings readings) =>
        from channel in readings.Channels
        where channel.DeadCode is not null || (channel.WaitsSince is { } waits && readings.At - waits >= ChannelWaits)
        select new AlertCondition(
            AlertRules.DeadChannel,
            channel.Name,
            AlertSeverity.Critical,
            [new("code", channel.DeadCode ?? "not_accepted"), .. AccountConditions.Since(channel.WaitsSince, readings.At)]
        );

    private static AlertCondition Of(AlertRule rule, bool isCritical, IReadOnlyList<AlertFact> facts) =>
        new(rule, Subject, isCritical ? AlertSeverity.Critical : AlertSeverity.Warning, facts);
}
