using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// Checks twice a second whether the group commit has waited for more than three seconds, and if so ends the sessions that block it without
/// making progress (<see cref="StalledHolders"/>). Every few seconds it does so unconditionally, for the loops that wait for a row.
/// <b>Failures</b> of storage are an outage like any other: the next check retries.
/// </summary>
public sealed class StallWatch(GroupCommit commit, StalledHolders stalled, TimeProvider clock, ILogger<StallWatch> logger)
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan UnconditionalInterval = TimeSpan.FromSeconds(5);

    private long _last = clock.GetTimestamp();

    public Task RunAsync(CancellationToken cancellationToken) =>
        new RetryLoop("Stall watch", clock, logger).RunAsync(CheckAsync, cancellationToken);

    private async Task<TimeSpan> CheckAsync(CancellationToken cancellationToken)
    {
        if (commit.OldestWaiting >= StalledHolders.After || clock.GetElapsedTime(_last) >= UnconditionalInterval)
        {
            await EndAsync(cancellationToken);

            // Only now: after a failure the next check tries again, whatever the time.
            _last = clock.GetTimestamp();
        }

        return CheckInterval;
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        if (await stalled.EndAsync(cancellationToken) is > 0 and var ended)
        {
            logger.LogWarning("Ended {Sessions} database sessions that held a lock while their client was inactive", ended);
        }
    }
}
