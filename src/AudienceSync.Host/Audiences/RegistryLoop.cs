using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Audiences;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Audiences;

/// <summary>
/// Learns of keys that other Hosts or the CLI published: at once by their notification, and by looking every few seconds, because a
/// notification can be lost. Failures of storage are logged, and the next look tells.
/// </summary>
public sealed class RegistryLoop(AudienceKeys keys, Wake wake, TimeProvider clock, ILogger<RegistryLoop> logger)
{
    /// <summary>What is done after each look, for what waits for a key.</summary>
    public Func<CancellationToken, Task> AfterLook { get; init; } = static _ => Task.CompletedTask;

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
                    logger.LogInformation("Knows {Keys} audience keys now", keys.All.Count);
                }

                if (!cancellationToken.IsCancellationRequested)
                {
                    await AfterLook(cancellationToken);
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
