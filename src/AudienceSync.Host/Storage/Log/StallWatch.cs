using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Storage.Log;

/// <summary>
/// Looks twice a second whether the group commit has waited for more than three seconds, and then ends whoever keeps it waiting without doing anything
/// (<see cref="StalledHolders"/>). Every few seconds it does so unasked, for the loops that wait for a row. <b>Failures</b> of storage are an outage
/// like any other: the next look tells.
/// </summary>
public sealed class StallWatch(GroupCommit commit, StalledHolders stalled, TimeProvider clock, ILogger<StallWatch> logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan UnaskedEvery = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var outage = new OutageLog("Stall watch", clock, logger);
        var last = clock.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            var wait = LookEvery;
            try
            {
                if (commit.OldestWaiting >= StalledHolders.After || clock.GetElapsedTime(last) >= UnaskedEvery)
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
            logger.LogWarning("Ended {Sessions} database sessions that held a lock while their client was silent", ended);
        }
    }
}
