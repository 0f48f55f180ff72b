using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Alerts;

/// <summary>A part of the log.</summary>
/// <param name="Behind">It begins after this position; null for the first look.</param>
/// <param name="Head">Its last position.</param>
internal sealed record FlowPart(long? Behind, long Head);

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

    /// <summary>What came since the last look; null when nothing did.</summary>
    public async Task<FlowPart?> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, PlaceSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        long? behind = reader.IsDBNull(0) ? null : reader.GetInt64(0);
        var head = reader.GetInt64(1);
        return behind >= head ? null : new FlowPart(behind, head);
    }

    /// <summary>The statements that count a part.</summary>
    internal static IEnumerable<NpgsqlBatchCommand> Count(FlowPart part, DateTimeOffset now)
    {
        // What was before the first look has no rhythm that anybody has seen.
        if (part.Behind is { } behind)
        {
            var step = ((part.Head - behind - 1) / MostEvents) + 1;
            yield return Sql.Command(CountSql, Sql.Of(part.Head), Sql.Of(behind + 1), Sql.Of(step));
            yield return Sql.Command(ForgetSql, Sql.Of(now.AddDays(-KeptD)));
        }

        yield return Sql.Command(MoveSql, Sql.Of(part.Head));
    }
}
