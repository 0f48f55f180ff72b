using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Log;
using Npgsql;

namespace AudienceSync.Host.Tests.Serving;

/// <summary>Holds the lock under which the log is appended to, so that commits wait, until disposed of.</summary>
public sealed class StalledLog : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private StalledLog(NpgsqlConnection connection) => _connection = connection;

    public static async Task<StalledLog> StartAsync(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"select pg_advisory_lock({EventLog.LockKeyOf(new WorkspaceName("default"))})", connection);
        await command.ExecuteNonQueryAsync();
        return new StalledLog(connection);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
