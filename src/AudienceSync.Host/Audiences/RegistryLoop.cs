using AudienceSync.Host.EventStore;

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
        // The keys were loaded when the workspace was opened.
        await wake.WaitAsync(Poll, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await new RetryLoop("Registry", clock, logger, wake).RunAsync(LoadAsync, cancellationToken);
    }

    private async Task<TimeSpan> LoadAsync(CancellationToken cancellationToken)
    {
        if (await keys.ReloadAsync(cancellationToken))
        {
            logger.LogInformation("Loaded {Keys} audience keys", keys.All.Count);
        }

        await AfterPoll(cancellationToken);
        return Poll;
    }
}
