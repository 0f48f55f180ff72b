using AudienceSync.Connectors;
using AudienceSync.Domain.Alerts;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Exposures;

namespace AudienceSync.Host.Alerts;

/// <summary>Reads what the rules are about, except for remote audiences: nothing here grows with the audiences.</summary>
internal sealed class AlertReadingQueries(WorkspaceDatabase database, AlertScene scene, PlannedAlerts plan, ExposureLagQueries exposures)
{
    /// <summary>Events behind the projector that are counted.</summary>
    private const int CountedLag = 100_000;

    private const string AccountsSql = """
        select a.destination, a.stopped_code, case when a.stopped_code is not null then a.stopped_at end,
          (select min(p.paused_at) from pauses p where p.destination = a.destination and p.remote is null and p.resumed_at is null),
          a.throttled_since, l.removals, l.p99_s
        from accounts a
        left join lateral (
          select max(r.total)::bigint as removals,
            min(0.01 * power(1.1::float8, r.bucket::float8)) filter (where r.upto >= 0.99 * r.total) as p99_s
          from (
            select c.bucket, sum(c.removals) over (order by c.bucket) as upto, sum(c.removals) over () as total
            from (
              select x.bucket, sum(x.removals) as removals from removal_latencies x
              where x.destination = a.destination and x.slot > $2::timestamptz - interval '1 hour' group by x.bucket) c) r) l on true
        where a.destination = any($1) order by a.destination
        """;

    private const string PlansSql = """
        select p.plan_id, b.destination, b.audience, b.remote, p.removals, p.held_at
        from removal_plans p join bindings b on b.binding_id = p.binding_id
        where p.ended_at is null and (p.approved_until is null or p.approved_until <= $1) and b.destination = any($2) order by p.plan_id
        """;

    private const string SourcesSql = """
        select f.source, f.hour, f.events, f.last_at from alert_flows f where f.hour > $1::timestamptz - interval '16 days'
        order by f.source, f.hour
        """;

    private const string AudiencesSql = """
        select k.audience, h.hour, sum(h.adds + h.removes)::bigint from key_hours h join audience_keys k on k.key_id = h.key_id
        where h.hour > $1::timestamptz - interval '16 days' and h.hour <= $1 and h.adds + h.removes > 0
          and exists (select from audiences a where a.audience = k.audience and not a.paused)
          and exists (select from bindings b where b.audience = k.audience and b.bound)
        group by k.audience, h.hour order by k.audience, h.hour
        """;

    // Of this hour and the one before it.
    private const string FailuresSql = """
        select coalesce(f.source, q.source), coalesce(f.events, 0), coalesce(q.refused, 0), coalesce(q.waiting, 0)
        from (select source, sum(events)::bigint as events from alert_flows
          where hour >= date_trunc('hour', $1::timestamptz) - interval '1 hour' group by source) f
        full join (
          select source, count(*) filter (where refused) as refused, count(*) filter (where not refused) as waiting from quarantine
          where state = 1 and last_seen_at >= date_trunc('hour', $1::timestamptz) - interval '1 hour' group by source) q
          on q.source = f.source
        """;

    private const string WorkspaceSql = """
        select (select count(*) from (select from mt_events e where e.seq_id > p.last_seq_id limit $2) b),
          (select e.timestamp from mt_events e where e.seq_id > p.last_seq_id order by e.seq_id limit 1),
          (select min(e.deadline) from erasures e where e.state = 1),
          array(select t.name from (values
            ('deliveries', (now() at time zone 'UTC')::date + 1), ('call_exchanges', (now() at time zone 'UTC')::date + 1),
            ('raw_bodies', ($1::timestamptz at time zone 'UTC')::date + 1)) as t(name, day)
            where to_regclass(format('%I', t.name || '_' || to_char(t.day, 'YYYYMMDD'))) is null)
        from mt_event_progression p where p.name = 'membership:All'
        """;

    private const string ChannelsSql = """
        select d.channel, c.code,
          coalesce((select min(s.opened_at) from alert_sends s where s.channel = d.channel and s.state = 1), c.since)
        from unnest($1::text[]) as d(channel) left join alert_channels c on c.channel = d.channel order by d.channel
        """;

    public async Task<AlertReadings> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var readings = await WorkspaceAsync(now, cancellationToken);
        var lags = await exposures.ReadAsync(cancellationToken);
        return readings with
        {
            Accounts = await AccountsAsync(now, cancellationToken),
            Plans = await PlansAsync(now, cancellationToken),
            Sources = await FlowsAsync(SourcesSql, now, cancellationToken),
            Audiences = await FlowsAsync(AudiencesSql, now, cancellationToken),
            Failures = await FailuresAsync(now, cancellationToken),
            Channels = await ChannelsAsync(cancellationToken),
            ExposureLag = lags.Sum(stream => stream.Lag),
            ExposureLagSince = lags.Min(stream => stream.Since),
            DiskFree = scene.FreeDisk(),
        };
    }

    private async Task<List<AccountReading>> AccountsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var accounts = new List<AccountReading>();
        await using var command = Sql.Command(database.Query, AccountsSql, Sql.Of(scene.Destinations.Keys.ToArray()), Sql.Of(now));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var name = reader.GetString(0);
            accounts.Add(
                new AccountReading(name, reader.TextOrNull(1), reader.TimeOrNull(2), reader.TimeOrNull(3), reader.TimeOrNull(4))
                {
                    Removals = reader.IsDBNull(5) ? 0 : reader.GetInt64(5),
                    RemovalP99S = reader.IsDBNull(6) ? 0 : reader.GetDouble(6),
                    Version = VersionOf(scene.Destinations[name]?.CheckVersion(now)),
                }
            );
        }

        return accounts;
    }

    private async Task<List<PlanReading>> PlansAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var plans = new List<PlanReading>();
        await using var command = Sql.Command(database.Query, PlansSql, Sql.Of(now), Sql.Of(scene.Destinations.Keys.ToArray()));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            plans.Add(
                new PlanReading(
                    reader.GetInt64(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.GetInt64(4),
                    reader.GetFieldValue<DateTimeOffset>(5)
                )
            );
        }

        return plans;
    }

    // The last column, where there is one, has the last time of the hour; otherwise it may have been the hour's end.
    private async Task<List<FlowReading>> FlowsAsync(string sql, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = new List<(string Name, FlowHour Hour, DateTimeOffset LastAt)>();
        await using var command = Sql.Command(database.Query, sql, Sql.Of(now));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var hour = reader.GetFieldValue<DateTimeOffset>(1);
            var last = reader.FieldCount > 3 ? reader.GetFieldValue<DateTimeOffset>(3) : hour.AddHours(1);
            rows.Add((reader.GetString(0), new FlowHour(hour, reader.GetInt64(2)), last < now ? last : now));
        }

        return
        [
            .. rows.GroupBy(row => row.Name, StringComparer.Ordinal)
                .Select(flow => new FlowReading(flow.Key, [.. flow.Select(row => row.Hour)], flow.Last().LastAt)),
        ];
    }

    private async Task<List<FailureReading>> FailuresAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var failures = new List<FailureReading>();
        await using var command = Sql.Command(database.Query, FailuresSql, Sql.Of(now));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            failures.Add(new FailureReading(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)));
        }

        return failures;
    }

    private async Task<List<ChannelReading>> ChannelsAsync(CancellationToken cancellationToken)
    {
        var channels = new List<ChannelReading>();
        await using var command = Sql.Command(database.Query, ChannelsSql, Sql.Of(plan.Channels.Select(channel => channel.Name).ToArray()));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            channels.Add(new ChannelReading(reader.GetString(0), reader.TextOrNull(1), reader.TimeOrNull(2)));
        }

        return channels;
    }

    private async Task<AlertReadings> WorkspaceAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, WorkspaceSql, Sql.Of(now), Sql.Of(CountedLag));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new AlertReadings
            {
                At = now,
                LagEvents = reader.GetInt64(0),
                LagSince = reader.TimeOrNull(1),
                ErasureDeadline = reader.TimeOrNull(2),
                MissingPartitions = reader.GetFieldValue<string[]>(3),
            }
            : new AlertReadings { At = now };
    }

    private static VersionReading? VersionOf(CheckFinding? finding) =>
        finding?.State switch
        {
            CheckState.Bad => new VersionReading(finding.Code, HasEnded: true),
            CheckState.Warning => new VersionReading(finding.Code, HasEnded: false),
            _ => null,
        };
}
