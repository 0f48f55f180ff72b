using AudienceSync.Host.EventStore;
using AudienceSync.Host.Telemetry;

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

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var outage = new OutageLog("Stall watch", clock, logger);
        var last = clock.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            var wait = CheckInterval;
            try
            {
                if (commit.OldestWaiting >= StalledHolders.After || clock.GetElapsedTime(last) >= UnconditionalInterval)
                {
                    last = clock.GetTimestamp();
                    await EndAsync(cancellationToken);
                    outage.Recovered();
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                wait = outage.Failed(failure);
            }

            await Task.Delay(wait, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        if (await stalled.EndAsync(cancellationToken) is > 0 and var ended)
        {
            logger.LogWarning("Ended {Sessions} database sessions that held a lock while their client was inactive", ended);
        }
    }
}
