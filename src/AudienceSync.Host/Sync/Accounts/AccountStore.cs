using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Runs;
using Npgsql;

namespace AudienceSync.Host.Sync.Accounts;

/// <summary>An ad account as its loop reads it: its state, its remote audiences, and whether any of them has removals.</summary>
public sealed class AccountStore(WorkspaceDatabase database)
{
    // For the loops, an account that an operator paused is the same as a stopped one; only lifting it differs.
    private const string AccountSql = """
        select a.blocked_until,
          coalesce(a.stopped_code, (select 'paused' from pauses p where p.destination = a.destination and p.remote is null
            and p.resumed_at is null)), a.used_percent
        from accounts a where a.destination = $1
        """;

    private const string BindingsSql = """
        select b.binding_id, b.audience, b.remote, b.key_id, b.removal_pos, b.add_pos, b.removal_attempts, b.removal_next_at,
          b.add_attempts, b.add_next_at,
          coalesce(b.stopped_code, (select 'paused' from pauses p where p.destination = b.destination and p.remote = b.remote
            and p.resumed_at is null)),
          b.normalizer, b.destination, a.consent_required,
          exists (select from ledger l where l.binding_id = b.binding_id and l.redeliver and l.job_id is null), b.removal_unknowns,
            b.add_unknowns,
          (select r.try_at from residual_deliveries r where r.binding_id = b.binding_id order by r.try_at limit 1),
          exists (select from removal_plans p where p.binding_id = b.binding_id and p.ended_at is null),
          b.removal_failing_since, b.removal_answer_at, b.add_failing_since, b.add_answer_at, a.throttles, a.throttled_since,
          (select k.match_keys from audience_keys k where k.key_id = b.key_id), b.exclusive,
          exists (select from resyncs r where r.binding_id = b.binding_id and r.finished_at is null and r.session_id is not null
            and r.end_call is null),
          (select coalesce(sum(r.lane), 0)::int from runs r where r.binding_id = b.binding_id and r.ended_at is null)
        from bindings b join accounts a on a.destination = b.destination where b.destination = $1 order by b.binding_id
        """;

    // One index lookup for each binding and state. Of the members to be processed again only the certain ones count: a member that turns
    // out to be desired stays, and adds that wait for such a member would wait without end.
    private const string HasRemovalsSql = """
        select exists (
          select from bindings b where b.destination = $1 and b.stopped_code is null and coalesce(b.removal_next_at <= $2, true)
            and not exists (select from pauses p where p.destination = b.destination and p.remote = b.remote and p.resumed_at is null) and (
            exists (
              select from unnest($3::smallint[]) as s(state)
              cross join lateral (select from membership c where c.key_id = b.key_id and c.state = s.state and c.changed_pos > b.removal_pos
                limit 1) m)
            or exists (
              select from ledger l join people p on p.person = l.person left join membership m on m.key_id = b.key_id
                and m.person = l.person
              where l.binding_id = b.binding_id and l.redeliver and l.job_id is null
                and coalesce(m.state, 2::smallint) = any($4::smallint[]))))
        """;

    private const string BlockSql = """
        update accounts set blocked_until = coalesce($2, blocked_until), stopped_code = coalesce($3, stopped_code),
          used_percent = coalesce($4, used_percent), usage_at = case when $4::bigint is null then usage_at else $5 end,
          blocked_code = case when $2::timestamptz is null then blocked_code else $6 end,
          throttles = coalesce($7, throttles), throttled_since = case when $7::int is null then throttled_since else $8 end,
          stopped_at = case when $3::text is null then stopped_at else $5 end, updated_at = now()
        where destination = $1
        """;

    public async Task<Account> ReadAccountAsync(string destination, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, AccountSql, Sql.Of(destination));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new Account(reader.TimeOrNull(0), reader.TextOrNull(1), reader.GetInt32(2));
    }

    public async Task<List<Binding>> ReadBindingsAsync(string destination, CancellationToken cancellationToken)
    {
        var bindings = new List<Binding>();
        await using var command = Sql.Command(database.Hot, BindingsSql, Sql.Of(destination));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            bindings.Add(
                new Binding(
                    reader.GetInt32(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetInt32(3),
                    reader.GetInt64(4),
                    reader.GetInt64(5),
                    reader.GetInt32(6),
                    reader.TimeOrNull(7),
                    reader.GetInt32(8),
                    reader.TimeOrNull(9),
                    reader.TextOrNull(10),
                    reader.IsDBNull(11) ? null : new NormalizerVersion(reader.GetInt16(11)),
                    reader.GetString(12),
                    reader.GetBoolean(13),
                    reader.GetBoolean(14)
                )
                {
                    RemovalUnknowns = reader.GetInt32(15),
                    AddUnknowns = reader.GetInt32(16),
                    ResidualsDueAt = reader.TimeOrNull(17),
                    HasPlans = reader.GetBoolean(18),
                    RemovalFailing = (reader.TimeOrNull(19), reader.TimeOrNull(20)),
                    AddFailing = (reader.TimeOrNull(21), reader.TimeOrNull(22)),
                    Throttled = (reader.GetInt32(23), reader.TimeOrNull(24)),
                    Omitted = MatchKeys.All & ~(MatchKeys)reader.GetInt32(25),
                    Exclusive = reader.GetBoolean(26),
                    HasSession = reader.GetBoolean(27),
                    OpenRuns = reader.GetInt32(28),
                }
            );
        }

        return bindings;
    }

    /// <summary>Whether any remote audience of an account that may be worked on has a member in its removal lane.</summary>
    public async Task<bool> HasRemovalsAsync(string destination, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            database.Hot,
            HasRemovalsSql,
            Sql.Of(destination),
            Sql.Of(now),
            Sql.Of(Lane.Removals.States),
            Sql.Of(Lane.Removals.States.Except(Lane.Adds.States).ToArray())
        );
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>A lane has nothing left to do: its run ends with its last outcome.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public async Task EndRunAsync(Lease lease, Binding binding, Lane lane, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await LeaseStore.WriteAsync(connection, lease, [RunStore.End(binding, lane)], cancellationToken);
    }

    /// <summary>To be run in a transaction that holds the account's lease. Null when a response showed nothing about the account.</summary>
    internal static NpgsqlBatchCommand? Write(Binding binding, LaneState state, DateTimeOffset now) =>
        state is { AccountBlockedUntil: null, AccountStopped: null, UsedPercent: null, Throttles: null }
            ? null
            : Sql.Command(
                BlockSql,
                Sql.Of(binding.Destination),
                Sql.OfNullable(state.AccountBlockedUntil),
                Sql.OfNullable(state.AccountStopped),
                Sql.OfNullable(state.UsedPercent),
                Sql.Of(now),
                Sql.OfNullable(state.AccountBlockedCode),
                Sql.OfNullable(state.Throttles),
                Sql.OfNullable(state.ThrottledSince)
            );
}
