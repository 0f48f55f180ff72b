using AudienceSync.Host.Storage.Audiences;
using Npgsql;

namespace AudienceSync.Host.Storage.Log;

/// <summary>Wakes this host's projector when another host appends, and whoever keeps the keys when another changed the registry. Only a hint is lost when it is down, so it just tries again.</summary>
public sealed class LogListener(WorkspaceDatabase database, Wake projector, Wake registry, TimeProvider clock, ILogger<LogListener> logger)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or InvalidOperationException)
            {
                logger.LogWarning("Not listening for other hosts, polling goes on: {Failure}", failure.GetType().Name);
            }

            await Task.Delay(Retry, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.Query.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, said) =>
        {
            if (said.Payload == RegistryTable.Payload)
            {
                registry.Signal();
            }

            projector.Signal();
        };
        await using (var listen = new NpgsqlCommand($"listen {database.Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken);
        }

        while (true)
        {
            await connection.WaitAsync(cancellationToken);
        }
    }
}
