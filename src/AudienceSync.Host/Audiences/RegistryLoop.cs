using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Audiences;

namespace AudienceSync.Host.Audiences;

/// <summary>
/// Learns of keys that other Hosts or the CLI published: at once by their notification, and by looking every few seconds, because a
/// notification can be lost. Failures of storage are logged, and the next look tells.
/// </summary>
public sealed class RegistryLoop(AudienceKeys keys, Wake wake, ILogger<RegistryLoop> logger)
{
    /// <summary>What is done after each look, for what waits for a key.</summary>
    public Func<CancellationToken, Task> AfterLook { get; init; } = static _ => Task.CompletedTask;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
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
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is System.Data.Common.DbException or IOException or InvalidOperationException or TimeoutException)
            {
                logger.LogWarning("Audience keys could not be read again: {Failure}", failure.GetType().Name);
            }
        }
    }
}
