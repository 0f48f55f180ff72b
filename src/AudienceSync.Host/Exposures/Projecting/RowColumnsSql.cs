using AudienceSync.Domain.Exposures;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Exposures.Projecting;

/// <summary>Rows of the exposure log by column, as the array insert takes them.</summary>
internal static class RowColumnsSql
{
    private const string InsertSql = """
        insert into exposure_log (position, recorded_at, occurred_at, received_at, person_key, kind, arm, key_id, binding_id, run_id,
          call_id, latency_ms, experiment, reason, destination, source, campaign_id, journey_id, action_id)
        select $1 + d.n, $2, d.occurred_at, d.received_at, d.person_key, d.kind, d.arm, d.key_id, d.binding_id, d.run_id, d.call_id,
          d.latency_ms, d.experiment, d.reason, d.destination, d.source, d.campaign_id, d.journey_id, d.action_id
        from unnest($3::timestamptz[], $4::timestamptz[], $5::uuid[], $6::smallint[], $7::smallint[], $8::int[], $9::int[], $10::bigint[],
          $11::bigint[], $12::bigint[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[])
          with ordinality as d(occurred_at, received_at, person_key, kind, arm, key_id, binding_id, run_id, call_id, latency_ms, experiment,
            reason, destination, source, campaign_id, journey_id, action_id, n)
        """;

    public static NpgsqlBatchCommand Write(ExposurePage page, long after, DateTimeOffset recorded)
    {
        var rows = page.Rows;
        return Sql.Command(
            InsertSql,
            Sql.Of(after),
            Sql.Of(recorded),
            Sql.OfTimes(Column(rows, row => (DateTime?)row.OccurredAt.UtcDateTime)),
            Sql.OfTimes(Column(rows, row => row.ReceivedAt?.UtcDateTime)),
            Sql.Of(Column(rows, row => page.Tokens[row.Person])),
            Sql.Of(Column(rows, row => (short)row.Kind)),
            Sql.Of(Column(rows, row => (short)row.Arm)),
            Sql.Of(Column(rows, row => row.KeyId)),
            Sql.Of(Column(rows, row => row.BindingId)),
            Sql.Of(Column(rows, row => row.RunId)),
            Sql.Of(Column(rows, row => row.CallId)),
            Sql.Of(Column(rows, row => row.LatencyMs)),
            Sql.Of(Column(rows, row => row.Experiment)),
            Sql.Of(Column(rows, row => row.Reason)),
            Sql.Of(Column(rows, row => row.Destination)),
            Sql.Of(Column(rows, row => row.Source)),
            Sql.Of(Column(rows, row => row.CampaignId)),
            Sql.Of(Column(rows, row => row.JourneyId)),
            Sql.Of(Column(rows, row => row.ActionId))
        );
    }

    private static List<T> Column<T>(IReadOnlyList<ExposureRow> rows, Func<ExposureRow, T> value)
    {
        var column = new List<T>(rows.Count);
        foreach (var row in rows)
        {
            column.Add(value(row));
        }

        return column;
    }
}
