using AudienceSync.Host.Messages;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Maintenance;

/// <summary>
/// Sends the hourly messages of one workspace, on one Host at a time. A message that was sent is durable: another Host handles it when this
/// one dies, and it is retried when it fails. <b>Failures</b> to send are an outage of storage; the next attempt retries.
/// </summary>
public sealed class MaintenanceSchedule(string workspace, IMessages messages, TimeProvider clock, ILogger<MaintenanceSchedule> logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var outage = new OutageLog("Maintenance", clock, logger);
        while (!cancellationToken.IsCancellationRequested)
        {
            var wait = Every;
            try
            {
                await messages.SendAsync(new KeepBodyPartitions(workspace));
                await messages.SendAsync(new RemoveEndedRecords(workspace));
                outage.Recovered();
            }
            catch (Exception failure)
            {
                wait = outage.Failed(failure);
            }

            await Task.Delay(wait, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
