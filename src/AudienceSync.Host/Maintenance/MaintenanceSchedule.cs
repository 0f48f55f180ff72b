using AudienceSync.Host.EventStore;
using AudienceSync.Host.Messages;

namespace AudienceSync.Host.Maintenance;

/// <summary>
/// Sends the hourly messages of one workspace, on one Host at a time. A message that was sent is durable: another Host handles it when this
/// one dies, and it is retried when it fails. <b>Failures</b> to send are an outage of storage; the next attempt retries.
/// </summary>
public sealed class MaintenanceSchedule(string workspace, IMessages messages, TimeProvider clock, ILogger<MaintenanceSchedule> logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    public Task RunAsync(CancellationToken cancellationToken) =>
        new RetryLoop("Maintenance", clock, logger).RunAsync(_ => SendAsync(), cancellationToken);

    private async Task<TimeSpan> SendAsync()
    {
        await messages.SendAsync(new KeepBodyPartitions(workspace));
        await messages.SendAsync(new RemoveEndedRecords(workspace));
        return Every;
    }
}
