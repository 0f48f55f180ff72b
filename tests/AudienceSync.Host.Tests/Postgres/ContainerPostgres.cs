using AudienceSync.Host.EventStore.Embedded;
using Npgsql;
using Testcontainers.PostgreSql;

namespace AudienceSync.Host.Tests.Postgres;

/// <summary>
/// A container with the settings of the private cluster. Testcontainers' own container removes it when this process dies before it does.
/// </summary>
internal sealed class ContainerPostgres : ITestPostgres
{
    /// <summary>The one of docker-compose.yml.</summary>
    public const string Image = "postgres:17";

    // Docker's 64 MB are too few for the parallel workers of several databases.
    private const long SharedMemory_bytes = 512L << 20;

    // Of the private cluster's folder and socket; a container listens on TCP and logs to its output.
    private static readonly HashSet<string> OfTheFolder = new(
        [
            "listen_addresses",
            "port",
            "unix_socket_directories",
            "unix_socket_permissions",
            "logging_collector",
            "log_directory",
            "log_filename",
            "log_rotation_age",
            "log_rotation_size",
            "log_truncate_on_rotation",
        ],
        StringComparer.Ordinal
    );

    // Long, because the first start on a machine also downloads the image.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly PostgreSqlContainer _container;

    private ContainerPostgres(PostgreSqlContainer container)
    {
        _container = container;
        ConnectionString = new NpgsqlConnectionStringBuilder(container.GetConnectionString())
        {
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;
    }

    public string ConnectionString { get; }

    public string Description => $"a container of {Image}";

    public static async Task<ContainerPostgres> StartAsync()
    {
        using var deadline = new CancellationTokenSource(Longest);
        var container = Builder().Build();
        await container.StartAsync(deadline.Token);
        return new ContainerPostgres(container);
    }

    /// <summary>The container, not yet created.</summary>
    internal static PostgreSqlBuilder Builder() =>
        new PostgreSqlBuilder(Image)
            .WithUsername(ClusterMaker.Role)
            .WithDatabase(ClusterMaker.Database)
            .WithPassword(Guid.NewGuid().ToString("N"))
            .WithEnvironment("POSTGRES_INITDB_ARGS", "--encoding=UTF8 --locale=C")
            .WithCommand([.. Arguments()])
            .WithCreateParameterModifier(container => container.HostConfig!.ShmSize = SharedMemory_bytes);

    public ValueTask DisposeAsync() => _container.DisposeAsync();

    /// <summary>The settings of the private cluster as arguments of the server.</summary>
    internal static IEnumerable<string> Arguments() =>
        ServerSettings
            .Text(LocalPostgres.Options("/unused"), "/unused", hasLz4: true, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
            .Split('\n')
            .Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))
            .Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries))
            .Where(setting => !OfTheFolder.Contains(setting[0]))
            .SelectMany(setting => new[] { "-c", $"{setting[0]}={setting[1].Trim('\'')}" });
}
