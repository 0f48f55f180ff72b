using AudienceSync.Domain.Alerts;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Alerts;

/// <summary>Reads what happened in a week, once a week for each channel that gets a weekly digest.</summary>
internal sealed class WeekQueries(WorkspaceDatabase database)
{
    /// <summary>Ad accounts whose removals are named.</summary>
    private const int NamedAccounts = 5;

    // Only what was announced: what was silenced, or over within half a minute, was no incident for anybody. A recovery has the worst that
    // was announced, and so has any other notice of the week at most.
    private const string IncidentsSql = """
        select i.rule, i.severity, count(*) filter (where i.began), count(i.recovery_s),
          percentile_cont(0.5) within group (order by i.recovery_s), max(i.recovery_s)
        from (
          select n.rule, max(n.severity) as severity, bool_or(n.kind = 1) as began,
            max(extract(epoch from n.at - (n.content ->> 'BeganAt')::timestamptz)::float8) filter (where n.kind = 5) as recovery_s
          from alert_notices n
          where n.at > $1 and n.at <= $2 and n.kind between 1 and 5 and coalesce(n.content ->> 'Owner' = any($3::text[]), false) = $4
          group by n.rule, n.grouping, n.content ->> 'BeganAt') i
        group by i.rule, i.severity having count(*) filter (where i.began) + count(i.recovery_s) > 0 order by i.rule, i.severity
        """;

    private const string RemovalsSql = """
        with counted as (
          select l.destination, l.bucket, sum(l.removals) as removals from removal_latencies l
          where l.slot >= $1 and l.slot < $2 and l.destination = any($3::text[]) group by l.destination, l.bucket),
        ranked as (
          select c.destination, c.bucket, sum(c.removals) over (partition by c.destination order by c.bucket) as upto,
            sum(c.removals) over (partition by c.destination) as total
          from counted c)
        select r.destination, max(r.total)::bigint,
          0.01 * power(1.1::float8, (min(r.bucket) filter (where r.upto >= 0.99 * r.total))::float8),
          0.01 * power(1.1::float8, max(r.bucket)::float8)
        from ranked r group by r.destination order by 3 desc, r.destination limit $4
        """;

    /// <summary>By rule and severity, of the incidents that a channel gets.</summary>
    public async Task<List<WeekIncidents>> IncidentsAsync(
        ChannelScope scope,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellationToken
    )
    {
        var incidents = new List<WeekIncidents>();
        await using var command = Sql.Command(
            database.Query,
            IncidentsSql,
            Sql.Of(from),
            Sql.Of(to),
            Sql.Of(scope.Owners.ToArray()),
            Sql.Of(scope.IsReserved)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            incidents.Add(
                new WeekIncidents(
                    reader.GetString(0),
                    (AlertSeverity)reader.GetInt16(1),
                    reader.GetInt64(2),
                    reader.GetInt64(3),
                    reader.IsDBNull(4) ? null : Seconds(reader.GetDouble(4)),
                    reader.IsDBNull(5) ? null : Seconds(reader.GetDouble(5))
                )
            );
        }

        return incidents;
    }

    /// <summary>The ad accounts with the slowest removals.</summary>
    public async Task<List<WeekRemovals>> RemovalsAsync(
        IEnumerable<string> destinations,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellationToken
    )
    {
        var removals = new List<WeekRemovals>();
        await using var command = Sql.Command(
            database.Query,
            RemovalsSql,
            Sql.Of(from),
            Sql.Of(to),
            Sql.Of(destinations.ToArray()),
            Sql.Of(NamedAccounts)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            removals.Add(
                new WeekRemovals(reader.GetString(0), reader.GetInt64(1), Seconds(reader.GetDouble(2)), Seconds(reader.GetDouble(3)))
            );
        }

        return removals;
    }

    // Upwards: these are bounds.
    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Ceiling(seconds));
}
