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

    private readonly RetryLoop _loop = new("Listening for other Hosts", clock, logger);

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(ListenAsync, cancellationToken);

    // Ends only by an exception: a connection that breaks, or the stop.
    private async Task<TimeSpan> ListenAsync(CancellationToken cancellationToken)
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

        _loop.Recovered();

        while (true)
        {
            await connection.WaitAsync(cancellationToken);
        }
    }
}
