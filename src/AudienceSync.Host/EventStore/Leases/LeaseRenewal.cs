using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.EventStore.Leases;

/// <summary>
/// Renews the leases of this Host three times within the time after which they would end, so that work without writes keeps them. A Host
/// that is frozen or dead renews nothing. <b>Failures</b> of storage are an outage like any other: the next attempt retries, and if a lease
/// has ended meanwhile, the fence decides.
/// </summary>
public sealed class LeaseRenewal(LeaseStore leases, TimeProvider clock, ILogger<LeaseRenewal> logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var outage = new OutageLog("Lease renewal", clock, logger);
        var interval = leases.HeldFor / 3;
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(interval, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await leases.RenewAsync(cancellationToken);
                outage.Recovered();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                outage.Failed(failure);
            }
        }
    }
}
