using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Tests.Postgres;

/// <summary>
/// One real PostgreSQL for all tests of this process, without waiting for the disk. It starts at the first call, and is stopped and deleted
/// after the last test. <see cref="PostgresChoice"/> decides where it runs.
/// </summary>
public static class PostgresCluster
{
    private const string Template = "migrated";

    private static readonly Lazy<Task<ITestPostgres>> Server = new(StartAsync, LazyThreadSafetyMode.ExecutionAndPublication);

    private static readonly Lazy<Task> Migrated = new(MigrateAsync, LazyThreadSafetyMode.ExecutionAndPublication);

    private static int _databases;

    /// <summary>A connection string to a new, empty database that nobody else uses. It goes with the cluster.</summary>
    public static Task<string> CreateDatabaseAsync() => CreateAsync($"test_{Interlocked.Increment(ref _databases)}", template: null);

    /// <summary>
    /// The same with the current schemas of the workspace <c>default</c>: a copy of a database that is migrated once, which takes a
    /// fraction of the time of the migrations.
    /// </summary>
    public static async Task<string> CreateMigratedAsync()
    {
        await Migrated.Value;
        return await CreateAsync($"test_{Interlocked.Increment(ref _databases)}", Template);
    }

    /// <summary>Called once, by <see cref="PostgresTestFramework"/>, when the last test has ended.</summary>
    internal static async Task StopAsync()
    {
        if (Server.IsValueCreated)
        {
            NpgsqlConnection.ClearAllPools();
            await (await Server.Value).DisposeAsync();
        }
    }

    private static async Task<string> CreateAsync(string name, string? template)
    {
        var server = await Server.Value;
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        var copied = template is null ? "" : $" TEMPLATE {template}";
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}{copied}", connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString;
    }

    private static async Task MigrateAsync()
    {
        var template = await CreateAsync(Template, template: null);
        await new Migrations(template).ApplyAsync([new WorkspaceName("default")], default);

        // A database that someone is connected to cannot be copied.
        await using var pooled = new NpgsqlConnection(template);
        NpgsqlConnection.ClearPool(pooled);
    }

    private static async Task<ITestPostgres> StartAsync()
    {
        var choice = await PostgresChoice.ForAsync(Environment.GetEnvironmentVariable);
        ITestPostgres server = choice.Mode == PostgresMode.Docker ? await ContainerPostgres.StartAsync() : await LocalPostgres.StartAsync();
        await Console.Out.WriteLineAsync($"PostgreSQL of the tests: {server.Description}, because {choice.Reason}");
        return server;
    }
}
