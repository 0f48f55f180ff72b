using AudienceSync.Host.EventStore.Embedded;
using Npgsql;

namespace AudienceSync.Host.Tests.EventStore.Embedded;

/// <summary>Small private clusters for the tests of the cluster code itself; all other tests use PostgresCluster.</summary>
internal static class Clusters
{
    public static EmbeddedPostgresOptions Options(string folder) =>
        new()
        {
            DataFolder = folder,
            BinFolder = EmbeddedPostgresOptions.FromSettings(Environment.GetEnvironmentVariable, "/").BinFolder,
            Fsync = false,
            SharedBuffers = "16MB",
        };

    public static Task<EmbeddedPostgres> StartAsync(string folder) => EmbeddedPostgres.StartAsync(Options(folder), TimeProvider.System);

    /// <summary>The exception (code and message) of a start that must fail.</summary>
    public static Task<EmbeddedPostgresException> RefusedAsync(EmbeddedPostgresOptions options) =>
        Should.ThrowAsync<EmbeddedPostgresException>(() => EmbeddedPostgres.StartAsync(options, TimeProvider.System));

    public static Task<EmbeddedPostgresException> RefusedAsync(string folder) => RefusedAsync(Options(folder));

    public static async Task<string?> ScalarAsync(EmbeddedPostgres server, string sql)
    {
        // No pool: a pooled connection outlives its server and fails the next test.
        var settings = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (string?)await command.ExecuteScalarAsync();
    }
}
