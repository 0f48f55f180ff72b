using System.Runtime.CompilerServices;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Exposures.Export;

/// <summary>A day that gets no more rows.</summary>
internal readonly record struct ExposureDay(DateOnly Day, long First, long Last);

/// <summary>Reads the exposure log as analysts see it: rows of the views, values in the order of <see cref="ExposureColumns"/>.</summary>
internal sealed class ExposureTableQueries(WorkspaceDatabase database)
{
    /// <summary>Rows that are read in one statement.</summary>
    private const int StatementRows = 10_000;

    private const string EventsSql = """
        select e.event_id, e.position, e.schema_version, e.workspace, e.audience, e.audience_key, e.key_version, e.person_key::text, e.kind,
          e.arm, e.experiment, e.occurred_at, e.received_at, e.recorded_at, e.reason, e.platform, e.destination, e.binding,
          e.remote_audience_id, e.run_id, e.call_id, e.latency_ms, e.source, e.campaign_id, e.journey_id, e.action_id
        from exposure_events e where e.position > $1 and e.position <= $2 order by e.position
        """;

    private const string SpellsSql = """
        select s.spell_id, s.schema_version, s.workspace, s.person_key::text, s.audience, s.audience_key, s.experiment, s.arm,
          s.eligible_from, s.eligible_to, s.end_reason, s.platform, s.destination, s.binding, s.sent_at, s.acknowledged_at, s.removed_at,
          s.removed_acknowledged_at, s.was_eligible, s.was_sent, s.was_acknowledged, s.stale_seconds, s.open
        from exposure_spells s
        """;

    private const string LinksSql = "select l.person_key::text, encode(l.customer_hmac, 'hex') from exposure_person_links l";

    private const string EndSql = "select position from exposure_head";

    private const string DaysSql = """
        select d.day, d.first_position, d.last_position from exposure_days d, exposure_head h
        where d.day < (h.recorded_at at time zone 'UTC')::date and d.last_position > $1 order by d.day
        """;

    /// <summary>The position of the last row.</summary>
    public async Task<long> EndAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, EndSql);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The days that get no more rows and have rows behind a position.</summary>
    public async Task<List<ExposureDay>> ClosedDaysAsync(long since, CancellationToken cancellationToken)
    {
        var days = new List<ExposureDay>();
        await using var command = Sql.Command(database.Query, DaysSql, Sql.Of(since));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            days.Add(new ExposureDay(reader.GetFieldValue<DateOnly>(0), reader.GetInt64(1), reader.GetInt64(2)));
        }

        return days;
    }

    /// <summary>The events behind a position and up to another.</summary>
    public async IAsyncEnumerable<object?[]> EventsAsync(
        long after,
        long upTo,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (after < upTo)
        {
            var end = Math.Min(upTo, after + StatementRows);
            await foreach (var row in ReadAsync(EventsSql, [Sql.Of(after), Sql.Of(end)], cancellationToken))
            {
                yield return row;
            }

            after = end;
        }
    }

    public IAsyncEnumerable<object?[]> SpellsAsync(CancellationToken cancellationToken) => ReadAsync(SpellsSql, [], cancellationToken);

    public IAsyncEnumerable<object?[]> LinksAsync(CancellationToken cancellationToken) => ReadAsync(LinksSql, [], cancellationToken);

    private async IAsyncEnumerable<object?[]> ReadAsync(
        string sql,
        NpgsqlParameter[] parameters,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(database.Query, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = new object?[reader.FieldCount];
            for (var n = 0; n < row.Length; n++)
            {
                row[n] = reader.IsDBNull(n) ? null : reader.GetValue(n);
            }

            yield return row;
        }
    }
}
