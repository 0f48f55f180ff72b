using Npgsql;

namespace AudienceSync.Host.Tests.Serving;

/// <summary>Holds the lock for appends to the log, so that commits wait, until this is disposed.</summary>
public sealed class StalledLog : IAsyncDisposable
{
    private const string Waiting =
        "pg_locks where locktype = 'advisory' and not granted and database = (select oid from "
        + "pg_database where datname = current_database())";

    private readonly NpgsqlConnection _connection;

    private StalledLog(NpgsqlConnection connection) => _connection = connection;

    public static async Task<StalledLog> StartAsync(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select pg_advisory_lock(ws_default.append_lock_key())", connection);
        await command.ExecuteNonQueryAsync();
        return new StalledLog(connection);
    }

    /// <summary>Returns when an append waits for the lock.</summary>
    public async Task WaitForBlockedAppendAsync()
    {
        await using var command = new NpgsqlCommand($"select exists (select from {Waiting})", _connection);
        await Deadline.UntilAsync(async () => await command.ExecuteScalarAsync() is true, () => "an append that waits for the lock");
    }

    /// <summary>Terminates the connections of the appends that wait.</summary>
    public async Task TerminateBlockedAppendsAsync()
    {
        await using var command = new NpgsqlCommand($"select bool_and(pg_terminate_backend(pid)) from {Waiting}", _connection);
        (await command.ExecuteScalarAsync()).ShouldBe(true);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
