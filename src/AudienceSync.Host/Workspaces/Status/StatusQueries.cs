using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Sync.Readings;

namespace AudienceSync.Host.Workspaces.Status;

/// <summary>
/// A key's size, by state. <paramref name="Drains"/>: another version took over, and it feeds nothing. <paramref name="Late"/>: adds and
/// removes received while it drained.
/// </summary>
public sealed record KeyCounts(string Audience, string Key, long Present, long Removed, long Expired, long Withheld, bool Drains, long Late)
{
    /// <summary>Members whom an experiment holds out.</summary>
    public long HeldOut { get; init; }
}

/// <summary>The progress of the log and its projection.</summary>
public sealed record LogCounts(
    long Head,
    long Position,
    long LagEvents,
    long Applied,
    long Superseded,
    long QuarantineOpen,
    long Refused,
    long People,
    long Overdue,
    long LinkStops
);

/// <summary>How many events of a source had a tolerated irregularity; the code identifies it, see <c>docs/errors.md</c>.</summary>
public sealed record SourceCount(string Source, string Code, long Events, DateTimeOffset LastSeenAt);

/// <summary>Status queries: what is folded, what is delivered, what waits.</summary>
public sealed class StatusQueries(WorkspaceDatabase database)
{
    private const string LogSql = $"""
        with head as (select coalesce((select seq_id from mt_events order by seq_id desc limit 1), 0) as seq_id)
        select h.seq_id, p.last_seq_id,
          (select count(*) from (select 1 from mt_events e where e.seq_id > p.last_seq_id limit 1000001) behind),
          c.applied, c.superseded, (select count(*) from quarantine q where q.state = 1 and not q.refused),
          (select count(*) from quarantine q where q.state = 1 and q.refused), (select count(*) from people where owner is null),
          (select count(*) from membership m where m.state {TargetingSql.Listed} and m.until_at <= $1),
          (select count(*) from link_stops s where s.state = 1)
        from head h, mt_event_progression p join projection_counts c on c.name = p.name where p.name = 'membership:All'
        """;

    private const string KeysSql = $"""
        select k.audience, k.audience_key, count(*) filter (where {TargetingSql.Anywhere}),
          count(*) filter (where m.state = 2), count(*) filter (where m.state = 3),
          count(*) filter (where m.state = 4),
          exists (select from drains d where d.key_id = k.key_id and d.until_pos is null),
          (select coalesce(sum(d.late_events), 0)::bigint from drains d where d.key_id = k.key_id),
          count(*) filter (where m.state = 7)
        from audience_keys k left join membership m on m.key_id = k.key_id
        group by k.key_id order by k.audience_key
        """;

    private const string BindingsSql = $"""
        select b.audience, k.audience_key, b.destination, a.platform, b.remote,
          (select count(*) from membership m where m.key_id = b.key_id and {TargetingSql.Here}),
          (select count(*) from ledger l where l.binding_id = b.binding_id and l.status = 2),
          (select count(*) from ledger l where l.binding_id = b.binding_id and l.status in (1, 3))
            + (select count(*) from residual_deliveries r where r.binding_id = b.binding_id and r.kind = 1),
          (select count(*) from ledger l join membership m on m.key_id = b.key_id and m.person = l.person
           where l.binding_id = b.binding_id and l.status in (4, 5) and {TargetingSql.Here}),
          (select count(*) from membership m where m.key_id = b.key_id and {TargetingSql.Anywhere} and m.changed_pos > b.add_pos),
          (select count(*) from membership m where m.key_id = b.key_id and m.state {TargetingSql.MayHaveToLeave}
            and m.changed_pos > b.removal_pos)
            + (select count(*) from cutovers c join ledger l on l.binding_id = c.binding_id and l.person > c.swept_to
              and l.status {TargetingSql.MayBeThere}
               where c.binding_id = b.binding_id and c.finished_at is null
                 and not exists (select from membership m where m.key_id = b.key_id and m.person = l.person and {TargetingSql.Anywhere})),
          case when not b.bound then 'unbound' when p.paused then 'paused' when a.stopped_code is not null then 'account_stopped'
            when b.stopped_code is not null then 'stopped'
            when 'infinity' in (b.removal_next_at, b.add_next_at) then 'parked'
            when a.blocked_until > $1 then 'throttled'
              when greatest(case when b.removal_code is null then b.removal_next_at end,
              case when b.add_code is null then b.add_next_at end) > $1 then 'retrying'
            when greatest(b.removal_next_at, b.add_next_at) > $1 then 'parked' else 'active' end,
          coalesce(case when p.paused then 'paused' end, a.stopped_code, b.stopped_code,
            case when b.removal_next_at = 'infinity' then b.removal_code end,
            case when b.add_next_at = 'infinity' then b.add_code end, case when a.blocked_until > $1 then a.blocked_code end,
            case when b.removal_next_at > $1 then b.removal_code end, case when b.add_next_at > $1 then b.add_code end),
          (select count(*) from ledger l where l.binding_id = b.binding_id and l.status = 2 and l.job_id is not null),
          (select count(*) from ledger l where l.binding_id = b.binding_id and l.redeliver),
          (select count(*) from jobs j where j.binding_id = b.binding_id and j.destination = b.destination and j.state = 1),
          (select count(*) from jobs j where j.binding_id = b.binding_id and j.destination = b.destination and j.state = 5),
          (select coalesce(sum(r.removals - r.removed), 0)::bigint from removal_plans r where r.binding_id = b.binding_id
            and r.ended_at is null and r.cutover_id is null),
          (select count(*) from ledger l where l.binding_id = b.binding_id and l.status in (1, 3) and l.reason is not null)
            + (select count(*) from residual_deliveries r where r.binding_id = b.binding_id and r.kind = 1),
          coalesce(b.removal_next_at = 'infinity', false), coalesce(b.add_next_at = 'infinity', false),
          case when a.stopped_code is not null then a.stopped_at when b.stopped_code is not null then b.stopped_at
            else least(b.removal_failing_since, b.add_failing_since) end,
          greatest(b.removal_answer_at, b.add_answer_at), b.binding_id
        from bindings b join accounts a on a.destination = b.destination join audience_keys k on k.key_id = b.key_id
        cross join lateral (select exists (
          select from pauses q where q.destination = b.destination and q.resumed_at is null
            and (q.remote is null or q.remote = b.remote)) as paused) p
        order by k.audience_key, b.destination
        """;

    private const string SourcesSql = "select source, code, events, last_seen_at from source_counts order by source, code";

    public async Task<IReadOnlyList<SourceCount>> ReadSourcesAsync(CancellationToken cancellationToken)
    {
        var counts = new List<SourceCount>();
        await using var command = Sql.Command(database.Query, SourcesSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            counts.Add(
                new SourceCount(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), new DateTimeOffset(reader.GetDateTime(3)))
            );
        }

        return counts;
    }

    public async Task<LogCounts> ReadLogAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, LogSql, Sql.Of(now));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new LogCounts(
            reader.GetInt64(0),
            reader.GetInt64(1),
            reader.GetInt64(2),
            reader.GetInt64(3),
            reader.GetInt64(4),
            reader.GetInt64(5),
            reader.GetInt64(6),
            reader.GetInt64(7),
            reader.GetInt64(8),
            reader.GetInt64(9)
        );
    }

    public async Task<IReadOnlyList<KeyCounts>> ReadKeysAsync(CancellationToken cancellationToken)
    {
        var keys = new List<KeyCounts>();
        await using var command = Sql.Command(database.Query, KeysSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            keys.Add(
                new KeyCounts(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetInt64(2),
                    reader.GetInt64(3),
                    reader.GetInt64(4),
                    reader.GetInt64(5),
                    reader.GetBoolean(6),
                    reader.GetInt64(7)
                )
                {
                    HeldOut = reader.GetInt64(8),
                }
            );
        }

        return keys;
    }

    public async Task<IReadOnlyList<BindingCounts>> ReadBindingsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var bindings = new List<BindingCounts>();
        var latest = await new ReadingStore(database).LatestAsync(cancellationToken);
        await using var command = Sql.Command(database.Query, BindingsSql, Sql.Of(now));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            bindings.Add(
                new BindingCounts(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.GetString(4),
                    reader.GetInt64(5),
                    reader.GetInt64(6),
                    reader.GetInt64(7),
                    reader.GetInt64(8),
                    reader.GetInt64(9),
                    reader.GetInt64(10),
                    reader.GetString(11),
                    reader.TextOrNull(12),
                    reader.GetInt64(13),
                    reader.GetInt64(14),
                    reader.GetInt64(15),
                    reader.GetInt64(16)
                )
                {
                    HeldRemovals = reader.GetInt64(17),
                    Stuck = reader.GetInt64(18),
                    RemovalsParked = reader.GetBoolean(19),
                    AddsParked = reader.GetBoolean(20),
                    Since = reader.TimeOrNull(21),
                    LastAnswerAt = reader.TimeOrNull(22),
                    Reading = latest.GetValueOrDefault(reader.GetInt32(23)),
                }
            );
        }

        return bindings;
    }
}
