using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Privacy.Keys;

/// <summary>
/// Rotates in the background of a serving Host: at its start when it holds an older master key and the rotation to its newest one has not
/// ended, and afterwards on request. Slowly, because webhooks go first: one batch, then a pause.
/// <para>
/// <b>States.</b> Waiting for a request; waiting for the lease; rotating. <b>Failures.</b> A lost lease or a broken connection ends the
/// iteration; the next one continues after the last batch that was written.
/// </para>
/// </summary>
public sealed class KeyRotationLoop(KeyRotation rotation, MasterKeys keys, Wake wake, TimeProvider clock, ILogger<KeyRotationLoop> logger)
{
    /// <summary>With batches of 1,000 rows: at most some 8,000 rows a second, at a tenth of one core.</summary>
    private static readonly TimeSpan BetweenBatches = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private readonly OutageLog _outage = new("Key rotation", clock, logger);

    private volatile bool _requested;

    /// <summary>Requests one more sweep of the vault, whatever was found before.</summary>
    public void Ask()
    {
        _requested = true;
        wake.Signal();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var wait = Retry;
            try
            {
                wait = await RoundAsync(cancellationToken) ? Timeout.InfiniteTimeSpan : Retry;
                _outage.Recovered();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (LeaseLostException lost)
            {
                logger.LogWarning("Key rotation: lease lost; retrying: {Reason}", lost.Message);
            }
            catch (Exception failure)
            {
                wait = _outage.Failed(failure);
            }

            await wake.WaitAsync(wait, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // True when there is nothing to do until the next request.
    private async Task<bool> RoundAsync(CancellationToken cancellationToken)
    {
        if (!_requested && (keys.All.Count == 1 || await rotation.ReadAsync(cancellationToken) is { Finished: true }))
        {
            return true;
        }

        if (await rotation.TryClaimAsync(cancellationToken) is not { } lease)
        {
            return false;
        }

        try
        {
            _requested = false;
            if (!_outage.IsOut)
            {
                logger.LogInformation("Key rotation seals the vault under master key version {Version}", keys.Current.Version);
            }

            var end = await rotation.RunAsync(lease, _ => Task.Delay(BetweenBatches, clock, cancellationToken), cancellationToken);
            logger.LogInformation(
                "Key rotation is done after {Passes} passes: {Resealed} rows resealed, {Unreadable} do not open",
                end.Passes,
                end.Resealed,
                end.Unreadable
            );
            return true;
        }
        catch
        {
            _requested = true;
            throw;
        }
        finally
        {
            await rotation.ReleaseAsync(lease);
        }
    }
}
