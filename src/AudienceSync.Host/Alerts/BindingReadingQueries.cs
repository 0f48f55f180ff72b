using AudienceSync.Domain.Alerts;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Alerts;

/// <summary>
/// Reads remote audiences. Late removals are found by index, each time. What counts whole audiences is read at intervals: the longer it
/// takes, the longer they are, so that no more than a hundredth of the time is spent on it.
/// </summary>
internal sealed class BindingReadingQueries(WorkspaceDatabase database, AlertScene scene, PlannedAlerts plan, TimeProvider clock)
{
    private const int Rest = 100;

    private static readonly TimeSpan LeastRest = TimeSpan.FromSeconds(60);

    // The first thousand that wait: the lane sends them in this order, so those are the oldest. When a removal was received, not when it
    // happened, is what counts against the goal.
    private const string LateSql = $"""
        select b.binding_id, b.destination, b.audience, b.remote, b.stopped_code, w.waiting, w.late, w.oldest
        from bindings b
        left join unnest($3::text[], $4::float8[]) as g(audience, goal_s) on g.audience = b.audience
        cross join lateral (
          select count(*) as waiting, min(t.since) as oldest,
            count(*) filter (where t.since < $2::timestamptz - make_interval(secs => coalesce(g.goal_s, $5))) as late
          from (
            select case when m.state = 2 then (select e.timestamp from mt_events e where e.seq_id = m.event_pos)
              else m.since_at end as since
            from membership m
            where m.key_id = b.key_id and m.state {TargetingSql.Ended} and m.changed_pos > b.removal_pos
              and exists (select from ledger l where l.binding_id = b.binding_id and l.person = m.person
                and l.status {TargetingSql.MayBeThere})
            order by m.changed_pos limit 1000) t) w
        where b.bound and b.destination = any($1) order by b.binding_id
        """;

    private const string CountedSql = $"""
        select b.binding_id, d.members, l.delivered, l.in_doubt,
          (select count(*) from ledger l join membership m on m.key_id = b.key_id and m.person = l.person
           where l.binding_id = b.binding_id and l.status in (4, 5) and {TargetingSql.Here}),
          s.minutes
        from bindings b join accounts a on a.destination = b.destination
        cross join lateral (select count(*) as members from membership m where m.key_id = b.key_id and {TargetingSql.Here}) d
        cross join lateral (
          select count(*) filter (where l.status = 2) as delivered, count(*) filter (where l.status in (1, 3)) as in_doubt
          from ledger l where l.binding_id = b.binding_id) l
        cross join lateral (
          select coalesce(sum(greatest(0, extract(epoch from $2::timestamptz - m.since_at))) / 60, 0)::float8 as minutes
          from membership m join ledger l on l.binding_id = b.binding_id and l.person = m.person and l.status {TargetingSql.MayBeThere}
          where m.key_id = b.key_id and m.state {TargetingSql.Ended} and m.changed_pos > b.removal_pos) s
        where b.bound and b.destination = any($1)
        """;

    // A size that was reported, and the fewest members that were delivered since two days before. Where the series is shorter there is
    // none.
    private const string SizesSql = """
        select b.binding_id, l.read_at, l.at_most, s.delivered
        from bindings b
        cross join lateral (
          select r.read_at, r.at_most from platform_readings r
          where r.binding_id = b.binding_id and r.at_most is not null and r.read_at > $2::timestamptz - interval '6 hours'
          order by r.read_at desc limit 1) l
        cross join lateral (
          select min(r.delivered) as delivered, min(r.read_at) as since from platform_readings r
          where r.binding_id = b.binding_id and r.read_at > $2::timestamptz - $3::interval - interval '2 hours') s
        where b.bound and b.destination = any($1) and s.since <= $2::timestamptz - $3::interval
        """;

    private readonly Lock _gate = new();
    private Dictionary<int, BindingCounted> _counted = [];
    private DateTimeOffset _countAt = DateTimeOffset.MinValue;

    public async Task<List<BindingReading>> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await CountAsync(now, cancellationToken);
        var sizes = await SizesAsync(now, cancellationToken);
        var goals = plan.Settings.RemovalGoals;
        var bindings = new List<BindingReading>();
        await using var command = Sql.Command(
            database.Query,
            LateSql,
            Sql.Of(scene.Destinations.Keys.ToArray()),
            Sql.Of(now),
            Sql.Of(goals.Keys.ToArray()),
            Sql.Of(goals.Values.Select(goal => goal.TotalSeconds).ToArray()),
            Sql.Of(plan.Settings.RemovalGoal.TotalSeconds)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            bindings.Add(
                new BindingReading(
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.TextOrNull(4),
                    reader.GetInt64(5),
                    reader.TimeOrNull(7)
                )
                {
                    LateRemovals = reader.GetInt64(6),
                    Counted = CountedOf(reader.GetInt32(0)),
                    Size = sizes.GetValueOrDefault(reader.GetInt32(0)),
                }
            );
        }

        return bindings;
    }

    private async Task<Dictionary<int, SizeReading>> SizesAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sizes = new Dictionary<int, SizeReading>();
        await using var command = Sql.Command(
            database.Query,
            SizesSql,
            Sql.Of(scene.Destinations.Keys.ToArray()),
            Sql.Of(now),
            Sql.Of(SizeReading.SettledAfter)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            sizes[reader.GetInt32(0)] = new SizeReading(reader.GetFieldValue<DateTimeOffset>(1), reader.GetInt64(2), reader.GetInt64(3));
        }

        return sizes;
    }

    private async Task CountAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (now < _countAt)
        {
            return;
        }

        var started = clock.GetTimestamp();
        var counted = new Dictionary<int, BindingCounted>();
        await using var command = Sql.Command(database.Query, CountedSql, Sql.Of(scene.Destinations.Keys.ToArray()), Sql.Of(now));
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                counted[reader.GetInt32(0)] = new BindingCounted(
                    reader.GetInt64(1),
                    reader.GetInt64(2),
                    reader.GetInt64(3),
                    reader.GetInt64(4),
                    reader.GetDouble(5)
                );
            }
        }

        var rest = clock.GetElapsedTime(started) * Rest;
        lock (_gate)
        {
            _counted = counted;
        }

        _countAt = now + (rest > LeastRest ? rest : LeastRest);
    }

    private BindingCounted? CountedOf(int binding)
    {
        lock (_gate)
        {
            return _counted.GetValueOrDefault(binding);
        }
    }
}
