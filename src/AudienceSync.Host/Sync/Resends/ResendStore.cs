using System.Text.Json;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync.Ledger;
using AudienceSync.Host.Sync.Runs;

namespace AudienceSync.Host.Sync.Resends;

/// <summary>
/// Finds the people whose deliveries failed in a time, and marks them for the lanes. Nothing of what was tried then is repeated: the lanes
/// send what is desired when they come to it.
/// </summary>
public sealed class ResendStore(WorkspaceDatabase database)
{
    private const string FailedSql = """
        failed as materialized (
          select distinct d.binding_id, u.person, d.kind, d.results[coalesce(d.codes[u.n], 1)] as result
          from bindings b join deliveries d on d.destination = b.destination and d.binding_id = b.binding_id
          cross join lateral unnest(d.people) with ordinality as u(person, n)
          where b.destination = $1 and ($2::text is null or b.remote = $2) and b.bound
            and d.recorded_at >= $3 and d.recorded_at < coalesce($4::timestamptz, 'infinity')
            and d.results[coalesce(d.codes[u.n], 1)] ~ '^(rejected|invalid|in_doubt):')
        """;

    // state: 1 an add, 2 a removal, 3 is sent anyway, 4 nothing is left to send. What is delivered and not desired waits for the regular
    // removal, which a plan may hold: it must not be hastened here. What is desired and was neither added nor passed by the lane is added
    // by the lane.
    private const string StatesSql = $"""
        states as materialized (
          select p.binding_id, p.person,
            case when l.person is null then 4 when l.job_id is not null or l.redeliver then 3
              when h.changed_pos is not null then case
                when l.status in (4, 5) or (l.status {TargetingSql.MayBeThere} and l.reason is not null) then 1
                when l.status in (1, 3) then 3 when l.status = 2 then 4 when h.changed_pos > b.add_pos then 3 else 1 end
              when l.status = 3 and l.reason is not null then 2 when l.status {TargetingSql.MayBeThere} then 3 else 4 end as state
          from (select distinct f.binding_id, f.person from failed f) p
          join bindings b on b.binding_id = p.binding_id join accounts a on a.destination = b.destination
          left join ledger l on l.binding_id = p.binding_id and l.person = p.person
          left join lateral (
            select m.changed_pos from membership m where m.key_id = b.key_id and m.person = p.person and {TargetingSql.Here} limit 1) h
            on true)
        """;

    private const string KeptSql = """
        b.stopped_code is not null or exists (select from pauses q where q.destination = b.destination and q.resumed_at is null
          and (q.remote is null or q.remote = b.remote))
        """;

    private const string PlanSql = $"""
        with {FailedSql}, {StatesSql}
        select b.remote, b.audience, k.audience_key, {KeptSql},
          (select count(*) from states s where s.binding_id = b.binding_id and s.state = 1),
          (select count(*) from states s where s.binding_id = b.binding_id and s.state = 2),
          (select count(*) from residual_deliveries r where r.binding_id = b.binding_id and r.kind = 1
            and r.person in (select s.person from states s where s.binding_id = b.binding_id)),
          (select count(*) from states s where s.binding_id = b.binding_id and s.state = 3),
          (select count(*) from states s where s.binding_id = b.binding_id and s.state = 4),
          (select coalesce(jsonb_agg(jsonb_build_object('kind', c.kind, 'result', c.result, 'people', c.people) order by c.kind, c.result),
            '[]') from (select f.kind, f.result, count(*) as people from failed f where f.binding_id = b.binding_id group by 1, 2) c)
        from bindings b join audience_keys k on k.key_id = b.key_id
        where b.destination = $1 and ($2::text is null or b.remote = $2) and b.bound order by b.binding_id
        """;

    private const string MarkSql = $"""
        with {FailedSql}, {StatesSql},
        marked as (
          update ledger l set {RetryMarkSql.Set} from states s
          where l.binding_id = s.binding_id and l.person = s.person and l.job_id is null and s.state in (1, 2)
          returning l.binding_id, s.state),
        former as (
          update residual_deliveries r set try_at = to_timestamp(0) from states s
          where r.binding_id = s.binding_id and r.person = s.person and r.kind = 1 returning r.binding_id),
        kept as (select b.binding_id from bindings b where b.destination = $1 and ({KeptSql}))
        insert into resends (destination, remote, from_at, to_at, asked_by, why, asked_at, adds, removals, former, waiting, settled, kept)
        select $1, $2, $3, $4, $5, $6, $7, (select count(*) from marked where state = 1), (select count(*) from marked where state = 2),
          (select count(*) from former), (select count(*) from states where state = 3), (select count(*) from states where state = 4),
          (select count(*) from marked where binding_id in (select binding_id from kept))
        returning resend_id
        """;

    private const string StoppedSql = "select stopped_code from accounts where destination = $1";

    private const string ListSql = """
        select resend_id, destination, remote, from_at, to_at, asked_by, why, asked_at, adds, removals, former, waiting, settled, kept
        from resends order by resend_id desc limit 50
        """;

    /// <summary>What would be sent, for each remote audience; empty when there is none.</summary>
    public async Task<List<ResendList>> PlanAsync(ResendWindow window, CancellationToken cancellationToken)
    {
        var lists = new List<ResendList>();
        await using var command = Sql.Command(
            database.Query,
            PlanSql,
            Sql.Of(window.Destination),
            Sql.OfNullable(window.Remote),
            Sql.Of(window.From),
            Sql.OfNullable(window.To)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            lists.Add(
                new ResendList(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetBoolean(3),
                    reader.GetInt64(4),
                    reader.GetInt64(5),
                    reader.GetInt64(6),
                    reader.GetInt64(7),
                    reader.GetInt64(8)
                )
                {
                    Failures = FailuresOf(reader.GetString(9)),
                }
            );
        }

        return lists;
    }

    /// <summary>Marks what is to be sent, and records who asked for it.</summary>
    /// <returns>The number of the request.</returns>
    public async Task<long> MarkAsync(ResendWindow window, string by, string? why, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            database.Query,
            MarkSql,
            Sql.Of(window.Destination),
            Sql.OfNullable(window.Remote),
            Sql.Of(window.From),
            Sql.OfNullable(window.To),
            Sql.Of(by),
            Sql.OfNullable(why),
            Sql.Of(now)
        );
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Why nothing is sent to an account; null when it is.</summary>
    public async Task<string?> StoppedCodeAsync(string destination, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, StoppedSql, Sql.Of(destination));
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>The last fifty requests, latest first.</summary>
    public async Task<IReadOnlyList<ResendView>> ReadAsync(CancellationToken cancellationToken)
    {
        var resends = new List<ResendView>();
        await using var command = Sql.Command(database.Query, ListSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            resends.Add(
                new ResendView(
                    reader.GetInt64(0),
                    reader.GetString(1),
                    reader.TextOrNull(2),
                    reader.GetFieldValue<DateTimeOffset>(3),
                    reader.TimeOrNull(4),
                    reader.GetString(5),
                    reader.TextOrNull(6),
                    reader.GetFieldValue<DateTimeOffset>(7),
                    reader.GetInt64(8),
                    reader.GetInt64(9),
                    reader.GetInt64(10),
                    reader.GetInt64(11),
                    reader.GetInt64(12),
                    reader.GetInt64(13)
                )
            );
        }

        return resends;
    }

    private static List<FailureCount> FailuresOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return
        [
            .. document
                .RootElement.EnumerateArray()
                .Select(row => new FailureCount(
                    JsonNamingPolicy.SnakeCaseLower.ConvertName(((DeliveryKind)row.GetProperty("kind").GetInt16()).ToString()),
                    row.GetProperty("result").GetString()!,
                    row.GetProperty("people").GetInt64()
                )),
        ];
    }
}
