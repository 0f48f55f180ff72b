using AudienceSync.Host.Configuration;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Sync.Runs;

namespace AudienceSync.Host.Maintenance;

/// <summary>What is done in a workspace every hour. Each task may be repeated at any time: what is done already is found done.</summary>
public sealed class MaintenanceTasks(
    BodyPartitionStore bodies,
    DeliveryPartitionStore deliveries,
    RetentionStore records,
    RetentionSettings retention,
    TimeProvider clock,
    ILogger<MaintenanceTasks> logger
)
{
    /// <summary>Days for which ended pages of feedback are kept.</summary>
    private const int FeedbackD = 30;

    /// <summary>Days for which notices are kept, with the answers of the channels.</summary>
    private const int NoticesD = 400;

    /// <summary>Days for which the exposure log is kept, as long as deliveries.</summary>
    private const int ExposuresD = 400;

    /// <summary>Days for which the counts of sources by day are kept; the doctor looks at half of them.</summary>
    private const int SourceDaysD = 30;

    /// <summary>Days for which readings of platforms are kept, as long as deliveries.</summary>
    private const int ReadingsD = 400;

    /// <summary>Days after which a step is removed, long after it is too old to be reported.</summary>
    private const int StepsD = 1;

    /// <summary>Creates the partitions of the next days and drops those past their retention.</summary>
    public async Task KeepPartitionsAsync(CancellationToken cancellationToken)
    {
        await bodies.EnsureAsync(cancellationToken);
        await deliveries.EnsureAsync(cancellationToken);
    }

    /// <summary>
    /// Removes records that ended and are older than their retention. Jobs first, because a call stays as long as its job.
    /// </summary>
    public async Task RemoveEndedAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var jobs = await records.RemoveJobsAsync(now.AddDays(-retention.JobsD), cancellationToken);
        var calls = await records.RemoveCallsAsync(now.AddDays(-retention.CallsD), cancellationToken);
        var entries = await records.RemoveQuarantinedAsync(now.AddDays(-retention.QuarantineD), cancellationToken);
        await records.RemoveFeedbackAsync(now.AddDays(-FeedbackD), cancellationToken);
        await records.RemoveStepsAsync(now.AddDays(-StepsD), cancellationToken);
        await records.RemoveNoticesAsync(now.AddDays(-NoticesD), cancellationToken);
        await records.RemoveSourceDaysAsync(now.AddDays(-SourceDaysD), cancellationToken);
        await records.RemoveReadingsAsync(now.AddDays(-ReadingsD), cancellationToken);
        await records.RemoveExposuresAsync(now.AddDays(-ExposuresD), cancellationToken);
        await records.RemoveTraitsOfNobodyAsync(now, cancellationToken);
        if (jobs + calls + entries > 0)
        {
            logger.LogInformation(
                "Removed {Calls} calls, {Jobs} jobs and {Entries} quarantined entries past their retention",
                calls,
                jobs,
                entries
            );
        }
    }
}
