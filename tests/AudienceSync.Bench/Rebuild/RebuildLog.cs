using System.Diagnostics;
using AudienceSync.Bench.Processes;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Embedded;
using AudienceSync.Host.Projection.Rebuilding;
using Npgsql;

namespace AudienceSync.Bench.Rebuild;

/// <summary>
/// A separate cluster, with fsync on, and a log in it that was written by SQL: first every person is added, then people are added or
/// removed again.
/// </summary>
internal sealed class RebuildLog : IAsyncDisposable
{
    private const string EventsSql = """
        insert into mt_events (seq_id, id, stream_id, version, type, data)
        select n + 1, md5('e' || n)::uuid, md5('p' || n % $2)::uuid, 1 + n / $2,
          case when n >= $2 and n % 3 <> 0 then 'audience_member_removed' else 'audience_member_added' end,
          jsonb_build_object('audienceKey', 'bench_v1', 'occurredAt',
            to_char(timestamp '2026-01-01' + n * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
            'source', 'bench', 'context',
            jsonb_build_object('journey', 'cart_recovery', 'step', '30min', 'variant', 'a', 'message', 'cart_reminder_1'))
          || case when $3 then '{"consent": {"adUserData": "granted", "adPersonalization": "granted"}}'::jsonb else '{}' end
        from generate_series(0, $1 - 1) n
        """;

    private const string LimitSql = """
        insert into bench_limit
        select key_id, person, added_at, removed_at, case when removed_at >= added_at or added_at is null then 2 else 1 end
        from (
          select k.key_id, e.stream_id as person,
            max((e.data ->> 'occurredAt')::timestamptz) filter (where e.type = 'audience_member_added') as added_at,
            max((e.data ->> 'occurredAt')::timestamptz) filter (where e.type = 'audience_member_removed') as removed_at
          from mt_events e join audience_keys k on k.audience_key = e.data ->> 'audienceKey' group by 1, 2) folded
        """;

    private const string WrongSql = """
        select count(*) from bench_limit l full join membership m on m.key_id = l.key_id and m.person = l.person
        where (l.key_id, l.added_at, l.removed_at, l.state) is distinct from (m.key_id, m.added_at, m.removed_at, m.state)
        """;

    private readonly EmbeddedPostgres _postgres;

    private RebuildLog(EmbeddedPostgres postgres) => _postgres = postgres;

    public static WorkspaceName Workspace { get; } = new("default");

    public string ConnectionString => _postgres.ConnectionString;

    public static async Task<RebuildLog> MakeAsync(RunFolder folder, RebuildLoad load, CancellationToken cancel)
    {
        var options = new EmbeddedPostgresOptions { DataFolder = folder.File("postgres") };
        var log = new RebuildLog(await EmbeddedPostgres.StartAsync(options, TimeProvider.System, cancel));
        await new Migrations(log._postgres.ConnectionString).ApplyAsync([Workspace], cancel);
        await log.ExecuteAsync(
            "insert into audience_keys (audience_key, audience, version, published_at) values ('bench_v1', 'bench', 1, now())",
            [],
            cancel
        );
        await log.ExecuteAsync(EventsSql, [load.Events, load.Members, load.Consent], cancel);
        await log.ExecuteAsync("vacuum analyze mt_events", [], cancel);
        await log.ExecuteAsync("checkpoint", [], cancel);
        return log;
    }

    /// <summary>Seconds of the statement that serves as the limit: no links, no consent, no windows, one index.</summary>
    public async Task<double> OneStatementAsync(CancellationToken cancel)
    {
        await ExecuteAsync(
            "create table bench_limit (key_id int, person uuid, added_at timestamptz, removed_at timestamptz, "
                + "state smallint, primary key (key_id, person))",
            [],
            cancel
        );
        var began = Stopwatch.GetTimestamp();
        await ExecuteAsync(LimitSql, [], cancel);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await ExecuteAsync("checkpoint", [], cancel);
        return seconds;
    }

    /// <param name="phases">Records each phase when it begins.</param>
    public async Task<RebuildResult> RebuildAsync(PhaseTimes phases, CancellationToken cancel)
    {
        await using var database = new GenerationSchemaStore(_postgres.ConnectionString, Workspace);
        var keys = await new AudienceKeyStore(database.Live).OpenAsync(cancel);
        var rebuild = new Host.Projection.Rebuilding.Rebuild(database, keys, TimeProvider.System, "bench")
        {
            Progress = progress => phases.Begin(progress.Phase),
        };
        phases.Begin("opening");
        var result = await rebuild.RunAsync(keyId: null, cancel);
        phases.Begin("done");
        return result;
    }

    public Task<long> WrongRowsAsync(CancellationToken cancel) => ScalarAsync(WrongSql, cancel);

    /// <summary>Reads one number.</summary>
    public async Task<long> ScalarAsync(string sql, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    public ValueTask DisposeAsync() => _postgres.DisposeAsync();

    /// <summary>Executes a statement in the workspace's schema, without a time limit.</summary>
    public async Task ExecuteAsync(string sql, object[] parameters, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>A connection to the workspace's schema.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancel)
    {
        var text = new NpgsqlConnectionStringBuilder(_postgres.ConnectionString)
        {
            SearchPath = Workspace.Schema,
            Pooling = false,
            Options = "-c session_replication_role=replica", // The log is filled at once, without the append lock and without streams.
        };
        var connection = new NpgsqlConnection(text.ConnectionString);
        await connection.OpenAsync(cancel);
        return connection;
    }
}
