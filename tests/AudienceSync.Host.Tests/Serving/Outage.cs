using Npgsql;

namespace AudienceSync.Host.Tests.Serving;

/// <summary>A database that terminates all connections and accepts none, until this is disposed.</summary>
public sealed class Outage : IAsyncDisposable
{
    private readonly string _database;
    private readonly string _elsewhere;

    private Outage(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        _database = settings.Database!;
        _elsewhere = new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres", Pooling = false }.ConnectionString;
    }

    public static async Task<Outage> StartAsync(string connectionString)
    {
        var outage = new Outage(connectionString);
        await outage.ExecuteAsync($"alter database {outage._database} with allow_connections false");
        await Deadline.UntilAsync(async () => await outage.TerminateAllAsync() == 0, () => "the end of the last connection");
        return outage;
    }

    public async ValueTask DisposeAsync() => await ExecuteAsync($"alter database {_database} with allow_connections true");

    // A session that passed the check of allow_connections and is still starting is not yet in pg_stat_activity, but already holds the lock
    // of the database.
    private async Task<long> TerminateAllAsync()
    {
        await using var connection = new NpgsqlConnection(_elsewhere);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"""
            select count(pg_terminate_backend(pid)) from (
                select pid from pg_stat_activity where datname = '{_database}'
                union
                select pid from pg_locks where classid = 'pg_database'::regclass
                  and objid = (select oid from pg_database where datname = '{_database}')) as open
            """,
            connection
        );
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_elsewhere);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
