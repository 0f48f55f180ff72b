using System.Globalization;
using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Embedded;
using Npgsql;

namespace AudienceSync.Host.Tests.Postgres;

/// <summary>
/// One real PostgreSQL for all tests of this process, without waiting for the disk. It starts at the first call, and is
/// stopped and deleted after the last test; what a killed test run left behind goes at the next run's start.
/// </summary>
public static class PostgresCluster
{
    private const string Prefix = "audiencesync-tests-";

    private static readonly Lazy<Task<EmbeddedPostgres>> Server = new(StartAsync, LazyThreadSafetyMode.ExecutionAndPublication);

    private static int _databases;
    private static TemporaryFolder? _folder;

    // Migrating takes longer than most tests, so it is done once and copied.
    private static readonly Lazy<Task<string>> Migrated = new(MigrateAsync, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>A connection string to a new, empty database that nobody else uses. It goes with the cluster.</summary>
    public static Task<string> CreateDatabaseAsync() => CreateAsync("template1");

    /// <summary>The same, with the schema of the workspace <c>default</c>.</summary>
    public static async Task<string> CreateMigratedAsync() => await CreateAsync(await Migrated.Value);

    private static async Task<string> MigrateAsync()
    {
        var template = await CreateDatabaseAsync();
        await new Migrations(template).ApplyAsync([new WorkspaceName("default")], default);
        NpgsqlConnection.ClearPool(new NpgsqlConnection(template)); // A database that is connected to cannot be copied.
        return new NpgsqlConnectionStringBuilder(template).Database!;
    }

    private static async Task<string> CreateAsync(string template)
    {
        var server = await Server.Value;
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name} TEMPLATE {template}", connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Called once, by <see cref="PostgresTestFramework"/>, when the last test has ended.</summary>
    internal static async Task StopAsync()
    {
        if (Server.IsValueCreated)
        {
            NpgsqlConnection.ClearAllPools();
            await (await Server.Value).StopAsync();
            _folder?.Dispose();
        }
    }

    private static async Task<EmbeddedPostgres> StartAsync()
    {
        await RemoveLeftoversAsync();
        var folder = new TemporaryFolder($"{Prefix}{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-");
        _folder = folder;
        return await EmbeddedPostgres.StartAsync(Options(folder.Path), TimeProvider.System);
    }

    private static EmbeddedPostgresOptions Options(string folder) => new()
    {
        DataFolder = System.IO.Path.Combine(folder, "pg"),
        BinFolder = EmbeddedPostgresOptions.FromSettings(Environment.GetEnvironmentVariable, "/").BinFolder,
        Fsync = false,
        SharedBuffers = "64MB",
        MaxConnections = 300,
    };

    private static async Task RemoveLeftoversAsync()
    {
        foreach (var folder in Directory.GetDirectories(TemporaryFolder.Root(), Prefix + "*"))
        {
            var owner = System.IO.Path.GetFileName(folder)[Prefix.Length..].Split('-')[0];
            if (!Directory.Exists($"/proc/{owner}") && Directory.Exists("/proc/self"))
            {
                await RemoveAsync(folder);
            }
        }
    }

    private static async Task RemoveAsync(string folder)
    {
        try
        {
            await using (await EmbeddedPostgres.StartAsync(Options(folder), TimeProvider.System))
            {
                // Adopted only to be stopped.
            }
        }
        catch (EmbeddedPostgresException)
        {
            // Half made or another user's: nothing of it runs for us.
            return;
        }

        Directory.Delete(folder, recursive: true);
    }
}
