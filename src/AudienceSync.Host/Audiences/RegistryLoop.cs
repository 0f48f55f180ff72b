using AudienceSync.Host.EventStore;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Audiences;

/// <summary>
/// Loads keys that other Hosts or the CLI published: immediately by their notification, and by polling every few seconds, because a
/// notification can be lost. Storage failures are logged, and the next poll retries.
/// </summary>
public sealed class RegistryLoop(AudienceKeys keys, Wake wake, TimeProvider clock, ILogger<RegistryLoop> logger)
{
    /// <summary>Called after each poll, for work that waits for a key.</summary>
    public Func<CancellationToken, Task> AfterPoll { get; init; } = static _ => Task.CompletedTask;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var outage = new OutageLog("Registry", clock, logger);
        while (!cancellationToken.IsCancellationRequested)
        {
            await wake.WaitAsync(Poll, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (!cancellationToken.IsCancellationRequested && await keys.ReloadAsync(cancellationToken))
                {
                    logger.LogInformation("Loaded {Keys} audience keys", keys.All.Count);
                }

                if (!cancellationToken.IsCancellationRequested)
                {
                    await AfterPoll(cancellationToken);
                }

                outage.Recovered();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                await Task.Delay(outage.Failed(failure), clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
