using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync.Runs;

namespace AudienceSync.Host.Workspaces.Status;

/// <summary>
/// How long removals took at a destination, from the acceptance of the webhook or the end of a window to the platform's acknowledgement, to
/// within a tenth. Not those for another reason (consent, suppression, a key cutover).
/// </summary>
/// <param name="Destination">The ad account.</param>
/// <param name="WindowH">Of the last so many hours.</param>
/// <param name="Removals">How many of them were measured.</param>
/// <param name="P50S">Half took at most so many seconds.</param>
/// <param name="P99S">99 of 100 took at most so many seconds.</param>
public sealed record RemovalLatency(string Destination, int WindowH, long Removals, double P50S, double P99S);

/// <summary>What a remote audience should have, and has.</summary>
/// <param name="Refused">Desired, but rejected by the platform or without a usable identifier.</param>
/// <param name="StaleMinutes">Of members who were removed and whom the platform may still have, the sum of the minutes since then.</param>
public sealed record BindingGauge(
    string Destination,
    string Audience,
    string Key,
    string Remote,
    long Desired,
    long Delivered,
    long InDoubt,
    long Refused,
    double StaleMinutes
)
{
    /// <summary>Desired members that are not delivered, without the refused ones; negative when too many are delivered.</summary>
    public long Drift => Desired - Refused - Delivered;
}

/// <summary>Open entries of the quarantine.</summary>
public sealed record QuarantineGauge(long Waiting, long Refused);

/// <summary>Queries for metrics. They count whole audiences, so they run at intervals and never for a scrape.</summary>
public sealed class MetricQueries(WorkspaceDatabase database)
{
    private const string OwnedSql = "select name from leases where owner = $1 and until > clock_timestamp()";

    // Members who were removed and still have a ledger entry: those behind the removal lane or behind an open plan, and those whose removal
    // was refused or is in doubt. Each is a small part of the ledger, and reading all removed members would not be.
    private const string BindingsSql = $"""
        select b.destination, b.audience, k.audience_key, b.remote, d.members, l.delivered, l.in_doubt,
          (select count(*) from ledger l join membership m on m.key_id = b.key_id and m.person = l.person
           where l.binding_id = b.binding_id and l.status in (4, 5) and {TargetingSql.Here}),
          s.minutes
        from bindings b join accounts a on a.destination = b.destination join audience_keys k on k.key_id = b.key_id
        cross join lateral (select least(b.removal_pos, (
          select min(p.after_pos) from removal_plans p where p.binding_id = b.binding_id and p.ended_at is null
            and p.cutover_id is null)) as pos) f
        cross join lateral (select count(*) as members from membership m where m.key_id = b.key_id and {TargetingSql.Here}) d
        cross join lateral (
          select count(*) filter (where l.status = 2) as delivered, count(*) filter (where l.status in (1, 3)) as in_doubt
          from ledger l where l.binding_id = b.binding_id) l
        cross join lateral (
          select coalesce(sum(greatest(0, extract(epoch from $2::timestamptz - t.since_at))) / 60, 0)::float8 as minutes from (
            select m.since_at from membership m
            join ledger l on l.binding_id = b.binding_id and l.person = m.person and l.status {TargetingSql.MayBeThere}
            where m.key_id = b.key_id and m.state {TargetingSql.Ended} and m.changed_pos > f.pos
            union all
            select m.since_at from ledger l
            join membership m on m.key_id = b.key_id and m.person = l.person and m.state {TargetingSql.Ended} and m.changed_pos <= f.pos
            where l.binding_id = b.binding_id and l.status = 3) t) s
        where b.bound and b.destination = any($1) order by b.binding_id
        """;

    private const string QuarantineSql =
        "select count(*) filter (where not refused), count(*) filter (where refused) from quarantine where state = 1";

    private const string LatencySql = """
        with counted as (
          select w.hours, l.destination, l.bucket, sum(l.removals) as removals from unnest($2::int[]) as w(hours)
          join removal_latencies l on l.slot > $1::timestamptz - make_interval(hours => w.hours) group by 1, 2, 3),
        ranked as (
          select c.*, sum(c.removals) over (partition by c.hours, c.destination order by c.bucket) as upto,
            sum(c.removals) over (partition by c.hours, c.destination) as total
          from counted c)
        select r.destination, r.hours, max(r.total)::bigint, min(r.bucket) filter (where r.upto >= 0.5 * r.total),
          min(r.bucket) filter (where r.upto >= 0.99 * r.total)
        from ranked r group by r.destination, r.hours order by r.destination, r.hours
        """;

    /// <summary>The leases that an owner holds.</summary>
    public async Task<List<string>> OwnedAsync(string owner, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await using var command = Sql.Command(database.Query, OwnedSql, Sql.Of(owner));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    public async Task<List<BindingGauge>> BindingsAsync(List<string> destinations, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var gauges = new List<BindingGauge>();
        await using var command = Sql.Command(database.Query, BindingsSql, Sql.Of(destinations), Sql.Of(now));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            gauges.Add(
                new BindingGauge(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.GetInt64(4),
                    reader.GetInt64(5),
                    reader.GetInt64(6),
                    reader.GetInt64(7),
                    reader.GetDouble(8)
                )
            );
        }

        return gauges;
    }

    public async Task<QuarantineGauge> QuarantineAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, QuarantineSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new QuarantineGauge(reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>Of every destination and window in which something was removed.</summary>
    public async Task<List<RemovalLatency>> LatenciesAsync(List<int> windows_h, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var latencies = new List<RemovalLatency>();
        await using var command = Sql.Command(database.Query, LatencySql, Sql.Of(now), Sql.Of(windows_h));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            latencies.Add(
                new RemovalLatency(
                    reader.GetString(0),
                    reader.GetInt32(1),
                    reader.GetInt64(2),
                    LatencyStore.SecondsOf(reader.GetInt16(3)),
                    LatencyStore.SecondsOf(reader.GetInt16(4))
                )
            );
        }

        return latencies;
    }
}
