using AudienceSync.Bench.Rebuild;
using JasperFx;
using JasperFx.Events.Projections;
using Marten;
using Npgsql;
using Weasel.Core;

namespace AudienceSync.Bench.Project;

/// <summary>
/// Marten's async daemon over the same events. They are copied into tables that Marten made itself, because its tables are a part of what
/// is compared.
/// </summary>
internal static class DaemonRun
{
    private const string Name = "bench_membership";
    private const int PageEvents = 5_000; // As many as a page of our loop.

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static readonly string[] Copies =
    [
        $"create table {ProjectionTables.Daemon} (like membership including all)",
        $"insert into {ProjectionTables.DaemonSchema}.mt_streams (id, version) select stream_id, "
            + "max(version) from mt_events group by stream_id",
        $"""
            insert into {ProjectionTables.DaemonSchema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp)
            select seq_id, id, stream_id, version, data, type, timestamp from mt_events order by seq_id
            """,
        $"select setval('{ProjectionTables.DaemonSchema}.mt_events_sequence', (select max(seq_id) from mt_events))",
        $"vacuum analyze {ProjectionTables.DaemonSchema}.mt_events",
        $"vacuum analyze {ProjectionTables.DaemonSchema}.mt_streams",
        "checkpoint",
    ];

    private static readonly string Progress =
        $"select coalesce(max(last_seq_id), 0) from {ProjectionTables.DaemonSchema}.mt_event_progression where name like '{Name}%'";

    /// <summary>Seconds from the start of the daemon to the commit of its last page.</summary>
    public static async Task<double> RunAsync(RebuildLog log, int events, TimeProvider clock, CancellationToken cancel)
    {
        var keyIds = await KeyIdsAsync(log, cancel);
        await using var store = DocumentStore.For(options => Configure(options, log.ConnectionString, keyIds));
        await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        foreach (var statement in Copies)
        {
            await log.ExecuteAsync(statement, [], cancel);
        }

        using var daemon = await store.BuildProjectionDaemonAsync();
        await using var connection = await log.OpenAsync(cancel);
        await using var progress = new NpgsqlCommand(Progress, connection);
        var started = clock.GetTimestamp();
        await daemon.StartAllAsync();
        while ((long)(await progress.ExecuteScalarAsync(cancel))! < events)
        {
            ThrowIfOver(started, clock);
            await Task.Delay(Poll, clock, cancel);
        }

        var seconds = clock.GetElapsedTime(started).TotalSeconds;
        await daemon.StopAllAsync();
        return seconds;
    }

    /// <exception cref="BenchFailedException">It did not arrive at the last event in ten minutes.</exception>
    public static void ThrowIfOver(long started, TimeProvider clock)
    {
        if (clock.GetElapsedTime(started) > Limit)
        {
            throw new BenchFailedException($"The last event was not projected in {Limit.TotalMinutes:N0} minutes.");
        }
    }

    private static void Configure(StoreOptions options, string connectionString, Dictionary<string, int> keyIds)
    {
        options.Connection(connectionString);
        options.DatabaseSchemaName = ProjectionTables.DaemonSchema;
        options.AutoCreateSchemaObjects = AutoCreate.All;
        options.DisableNpgsqlLogging = true;
        options.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.CamelCase);
        options.Events.MapEventType(typeof(BenchAdded), "audience_member_added");
        options.Events.MapEventType(typeof(BenchRemoved), "audience_member_removed");
        options.Projections.Add(new DaemonProjection(keyIds), ProjectionLifecycle.Async, Name, async => async.BatchSize = PageEvents);
    }

    private static async Task<Dictionary<string, int>> KeyIdsAsync(RebuildLog log, CancellationToken cancel)
    {
        await using var connection = await log.OpenAsync(cancel);
        await using var command = new NpgsqlCommand("select audience_key, key_id from audience_keys", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var keyIds = new Dictionary<string, int>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel))
        {
            keyIds.Add(reader.GetString(0), reader.GetInt32(1));
        }

        return keyIds;
    }
}
