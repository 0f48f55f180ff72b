using Npgsql;

namespace AudienceSync.Host.Tests.Serving;

/// <summary>A database that throws everybody out and lets nobody in, until disposed of.</summary>
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
        await outage.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{outage._database}'");
        return outage;
    }

    public async ValueTask DisposeAsync() => await ExecuteAsync($"alter database {_database} with allow_connections true");

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_elsewhere);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
