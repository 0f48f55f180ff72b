using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Alerts;

/// <summary>
/// Counts the events of each source by hour, behind a cursor over the log. Where very many came since the last look, every second, third
/// and so on is counted for as many: a rhythm needs no more.
/// </summary>
internal sealed class FlowStore(WorkspaceDatabase database)
{
    /// <summary>Events that are read at once.</summary>
    private const int MostEvents = 20_000;

    private const int KeptD = 20;

    private const string PlaceSql = """
        select (select c.position from alert_cursors c where c.name = 'flows'),
          coalesce((select e.seq_id from mt_events e order by e.seq_id desc limit 1), 0)
        """;

    private const string CountSql = """
        insert into alert_flows (source, hour, events, last_at)
        select e.data ->> 'source', date_trunc('hour', e.timestamp), count(*) * $3, max(e.timestamp)
        from generate_series($1::bigint, $2::bigint, -$3::bigint) as n(seq_id) join mt_events e on e.seq_id = n.seq_id
        where e.data ->> 'source' is not null group by 1, 2
        on conflict (source, hour) do update set events = alert_flows.events + excluded.events,
          last_at = greatest(alert_flows.last_at, excluded.last_at)
        """;

    private const string MoveSql = """
        insert into alert_cursors (name, position) values ('flows', $1) on conflict (name) do update set position = excluded.position
        """;

    private const string ForgetSql = "delete from alert_flows where hour < $1";

    /// <summary>The statements that count what came since the last look; none when nothing did.</summary>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> CountAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, PlaceSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        long? position = reader.IsDBNull(0) ? null : reader.GetInt64(0);
        var head = reader.GetInt64(1);
        if (position is not { } behind)
        {
            return [Sql.Command(MoveSql, Sql.Of(head))]; // What was before has no rhythm that anybody has seen.
        }

        if (head <= behind)
        {
            return [];
        }

        var step = ((head - behind - 1) / MostEvents) + 1;
        return
        [
            Sql.Command(CountSql, Sql.Of(head), Sql.Of(behind + 1), Sql.Of(step)),
            Sql.Command(MoveSql, Sql.Of(head)),
            Sql.Command(ForgetSql, Sql.Of(now.AddDays(-KeptD))),
        ];
    }
}
