using System.Globalization;
using Npgsql;

namespace AudienceSync.Bench.Postgres;

/// <summary>The Host's embedded PostgreSQL, found by the pid file of its postmaster; connections use its own socket.</summary>
internal sealed record Cluster(int PostmasterPid, string SocketFolder, int Port)
{
    public const string User = "audiencesync";

    // The Host's idle connections count, too; four are left for the bench and for a person who inspects the database.
    private const string FreeConnections =
        "select current_setting('max_connections')::int - 4 - (select count(*)::int from pg_stat_activity "
        + "where backend_type = 'client backend')";

    private const string CountEvents =
        "select count(*) from ws_default.mt_events where type in ('audience_member_added', "
        + "'audience_member_removed', 'audience_exposure_recorded')";

    private static readonly EnumerationOptions TwoDeep = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 2,
        IgnoreInaccessible = true,
    };

    /// <summary>Connects to the Host's own database, as the user who owns its schemas.</summary>
    public string ConnectionString => ConnectionTo(User);

    /// <param name="dataFolder">The Host's AUDIENCESYNC_DATA.</param>
    public static Cluster Find(string dataFolder)
    {
        string postgres = Path.Combine(dataFolder, "postgres");
        string? file = Directory.Exists(postgres) ? Directory.EnumerateFiles(postgres, "postmaster.pid", TwoDeep).FirstOrDefault() : null;
        // Lines of postmaster.pid: 1 process id, 4 port, 5 socket folder (PostgreSQL, miscadmin.h).
        string[] lines = file is null ? [] : File.ReadAllLines(file);
        return lines.Length >= 5
            ? new Cluster(int.Parse(lines[0]), lines[4].Trim(), int.Parse(lines[3]))
            : throw new BenchFailedException($"No running PostgreSQL was found under {postgres}.");
    }

    /// <summary>Distinct audience events in the log: the log is the authority on what was kept (its key deduplicates).</summary>
    public Task<long> CountEventsAsync(CancellationToken cancel) => ScalarAsync<long>(User, CountEvents, cancel);

    /// <summary>
    /// Of the webhooks committed between two times, the share that created a new person, which costs several more rows and index entries.
    /// </summary>
    public Task<double> NewPeopleShareAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancel) =>
        ScalarAsync<double>(
            User,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                select (select count(*) from ws_default.people where created_at >= '{from:O}'
                  and created_at < '{until:O}')::float8 / greatest(1,
                  (select count(*) from ws_default.mt_events where timestamp >= '{from:O}' and timestamp < '{until:O}'))
                """
            ),
            cancel
        );

    /// <summary>The connections that the server would still accept.</summary>
    public Task<int> FreeConnectionsAsync(CancellationToken cancel) => ScalarAsync<int>(User, FreeConnections, cancel);

    /// <summary>A connection string for a program with a pool.</summary>
    public string PooledTo(string database, int connections) =>
        new NpgsqlConnectionStringBuilder(ConnectionTo(database)) { Pooling = true, MaxPoolSize = connections }.ConnectionString;

    /// <exception cref="BenchFailedException">fsync is off: a figure would not describe this machine.</exception>
    public async Task DemandFsyncAsync(CancellationToken cancel)
    {
        if (await ScalarAsync<string>(User, "show fsync", cancel) != "on")
        {
            throw new BenchFailedException("The cluster runs with fsync off.");
        }
    }

    public async Task<T> ScalarAsync<T>(string database, string sql, CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await OpenAsync(database, cancel);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        return (T)(await command.ExecuteScalarAsync(cancel))!;
    }

    public async Task ExecuteAsync(string database, string sql, CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await OpenAsync(database, cancel);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync(cancel);
    }

    public async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancel)
    {
        var connection = new NpgsqlConnection(ConnectionTo(database));
        await connection.OpenAsync(cancel);
        return connection;
    }

    private string ConnectionTo(string database) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = SocketFolder,
            Port = Port,
            Username = User,
            Database = database,
            Pooling = false,
        }.ConnectionString;
}
