using AudienceSync.Host.Telemetry;
using Npgsql;

namespace AudienceSync.Host.EventStore;

/// <summary>
/// Wakes this host's projector when another host appends, and the loop that loads the audience keys when another host changes the registry.
/// Only a hint is lost when the connection is down, so it retries, and the loops poll meanwhile.
/// </summary>
public sealed class LogListener(WorkspaceDatabase database, Wake projector, Wake registry, TimeProvider clock, ILogger<LogListener> logger)
{
    /// <summary>Payload of the workspace's notification when keys may have changed.</summary>
    public const string RegistryPayload = "registry";

    private readonly OutageLog _outage = new("Listening for other Hosts", clock, logger);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var wait = TimeSpan.Zero;
            try
            {
                await ListenAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                wait = _outage.Failed(failure);
            }

            await Task.Delay(wait, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.Query.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, notification) =>
        {
            if (notification.Payload == RegistryPayload)
            {
                registry.Signal();
            }

            projector.Signal();
        };
        await using (var listen = new NpgsqlCommand($"listen {database.Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken);
        }

        _outage.Recovered();

        while (true)
        {
            await connection.WaitAsync(cancellationToken);
        }
    }
}
