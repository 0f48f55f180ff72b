using AudienceSync.Connectors;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Permission;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Sync.Holds;
using AudienceSync.Host.Sync.Residuals;
using AudienceSync.Host.Sync.Runs;
using Npgsql;

namespace AudienceSync.Host.Sync.Ledger;

/// <summary>
/// Bindings, lanes, ledger and calls. Every write is one transaction that holds the account's lease, so a host that lost the account can no
/// longer move a lane or touch the ledger.
/// </summary>
public sealed class SyncTable(WorkspaceDatabase database)
{
    // For the loops, an account that an operator paused is the same as a stopped one; only lifting it differs.
    private const string AccountSql = """
        select a.blocked_until,
          coalesce(a.stopped_code, (select 'paused' from pauses p where p.destination = a.destination and p.remote is null and p.resumed_at is null)), a.used_percent
        from accounts a where a.destination = $1
        """;

    private const string BindingsSql = """
        select b.binding_id, b.audience, b.remote, b.key_id, b.removal_pos, b.add_pos, b.removal_attempts, b.removal_next_at, b.add_attempts, b.add_next_at,
          coalesce(b.stopped_code, (select 'paused' from pauses p where p.destination = b.destination and p.remote = b.remote and p.resumed_at is null)),
          b.normalizer, b.destination, a.consent_required,
          exists (select from ledger l where l.binding_id = b.binding_id and l.redeliver and l.job_id is null), b.removal_unknowns, b.add_unknowns,
          (select r.try_at from residual_deliveries r where r.binding_id = b.binding_id order by r.try_at limit 1),
          exists (select from removal_plans p where p.binding_id = b.binding_id and p.ended_at is null),
          b.removal_failing_since, b.removal_answer_at, b.add_failing_since, b.add_answer_at, a.throttles, a.throttled_since,
          (select k.match_keys from audience_keys k where k.key_id = b.key_id), b.exclusive,
          exists (select from resyncs r where r.binding_id = b.binding_id and r.finished_at is null and r.session_id is not null and r.end_call is null),
          (select coalesce(sum(r.lane), 0)::int from runs r where r.binding_id = b.binding_id and r.ended_at is null)
        from bindings b join accounts a on a.destination = b.destination where b.destination = $1 order by b.binding_id
        """;

    // Each state is a range of membership_changed read in its order; the outer order merges the ranges of the removal lane. An erased
    // member has rows and is no person: the lane must pass over such a row, not stop before it.
    private const string LaneSql = """
        select m.person, m.changed_pos, coalesce(l.status, 0::smallint), coalesce(l.revision, 0), coalesce(l.normalizer, 0::smallint), coalesce(p.revision, 0),
          m.state, m.restrictions, coalesce($6 = any(m.restricted_at), false), l.job_id is not null, l.person is null, l.updated_at, m.since_at, coalesce(l.omitted, 0::smallint)
        from unnest($3::smallint[]) as s(state)
        cross join lateral (
          select c.person, c.changed_pos, c.state, c.restrictions, c.restricted_at, c.since_at from membership c
          where c.key_id = $1 and c.state = s.state and c.changed_pos > $2 and c.changed_pos <= $7 order by c.changed_pos limit $4) m
        left join ledger l on l.binding_id = $5 and l.person = m.person
        left join people p on p.person = m.person
        order by m.changed_pos limit $4
        """;

    // A member without a membership of this key counts as removed.
    private const string MarkedSql = """
        select l.person, 0::bigint, l.status, l.revision, l.normalizer, p.revision,
          coalesce(m.state, 2::smallint), coalesce(m.restrictions, 0::smallint), coalesce($5 = any(m.restricted_at), false), false, false, l.updated_at, null::timestamptz, l.omitted
        from ledger l
        left join membership m on m.key_id = $1 and m.person = l.person
        join people p on p.person = l.person
        where l.binding_id = $2 and l.redeliver and l.job_id is null and coalesce(m.state, 2::smallint) = any($3::smallint[])
        order by l.person limit $4
        """;

    // One index lookup for each binding and state. Of the members to be processed again only the certain ones count: a member that turns
    // out to be desired stays, and adds that wait for such a member would wait without end.
    private const string HasRemovalsSql = """
        select exists (
          select from bindings b where b.destination = $1 and b.stopped_code is null and coalesce(b.removal_next_at <= $2, true)
            and not exists (select from pauses p where p.destination = b.destination and p.remote = b.remote and p.resumed_at is null) and (
            exists (
              select from unnest($3::smallint[]) as s(state)
              cross join lateral (select from membership c where c.key_id = b.key_id and c.state = s.state and c.changed_pos > b.removal_pos limit 1) m)
            or exists (
              select from ledger l join people p on p.person = l.person left join membership m on m.key_id = b.key_id and m.person = l.person
              where l.binding_id = b.binding_id and l.redeliver and l.job_id is null and coalesce(m.state, 2::smallint) = any($4::smallint[]))))
        """;

    // A member that was to be processed and counts as adding again has been marked again in the meantime: a removal may have taken what the
    // member shares with another.
    private const string MarkSql = """
        update ledger l set redeliver = $3 from (select * from unnest($2::uuid[]) limit cardinality($2)) as d(person)
        where l.binding_id = $1 and l.person = d.person and ($3 or l.status <> 1 or l.reason is not null)
        """;

    private const string JobSql = """
        insert into jobs (binding_id, destination, call_id, operation, handle, members, accepted_at, next_poll_at)
        values ($1, $2, currval('calls_call_id_seq'), $3, $4, $5, $6, $7)
        """;

    // No other writer touches rows of a binding while its account's lease holds, so a member without a row is inserted plainly and one with
    // a row is updated: ON CONFLICT would look for the one and lock the other first, which is half as much again. If a row exists after
    // all, the unique index refuses the transaction, and the next read finds it.
    private const string NewLedgerSql = $"""
        insert into ledger (binding_id, person, status, revision, normalizer, reason, updated_at, job_id, job_row, omitted)
        select $1, d.person, d.status, d.revision, d.normalizer, d.reason, $7, {JobColumns}, d.omitted from {LedgerRows}
        """;

    // Delivered to delivered, without a call to the platform: the platform's clock runs from the last add, and so does ours (RefreshRule).
    private const string LedgerSql = $"""
        update ledger l set status = d.status, revision = d.revision, normalizer = d.normalizer, omitted = d.omitted, reason = d.reason,
          updated_at = case when l.status = 2 and d.status = 2 then l.updated_at else $7 end,
          (job_id, job_row) = row({JobColumns})
        from {LedgerRows} where l.binding_id = $1 and l.person = d.person
        """;

    private const string JobColumns = "case when d.job_row >= 0 then currval('jobs_job_id_seq') end, nullif(d.job_row, -1)";

    private const string LedgerRows = """
        (select * from unnest($2::uuid[], $3::smallint[], $4::int[], $5::smallint[], $6::text[], $8::int[], $9::smallint[]) limit cardinality($2))
          as d(person, status, revision, normalizer, reason, job_row, omitted)
        """;

    // The position moves only from where the run began, under the key it read: a promotion in the meantime has reset both.
    private const string RemovalLaneSql = """
        update bindings set removal_pos = case when key_id = $8 and removal_pos = $9 then coalesce($2, removal_pos) else removal_pos end,
          removal_attempts = $3, removal_next_at = $4, stopped_code = coalesce($5, stopped_code), removal_unknowns = $6, removal_code = $7,
          removal_failing_since = $10, removal_answer_at = $11, stopped_at = case when $5::text is null then stopped_at else $12 end
        where binding_id = $1
        """;

    // An accepted add shows that the audience can be changed again, and it has grown: removals that wait for that are tried at once.
    private const string AddLaneSql = """
        update bindings set add_pos = case when key_id = $8 and add_pos = $9 then coalesce($2, add_pos) else add_pos end,
          add_attempts = $3, add_next_at = $4, stopped_code = coalesce($5, stopped_code), add_unknowns = $6, add_code = $7,
          add_failing_since = $10, add_answer_at = $11, stopped_at = case when $5::text is null then stopped_at else $12 end,
          removal_next_at = case when $13 and removal_code like '%not_editable' then null else removal_next_at end
        where binding_id = $1
        """;

    private const string RestartAddsSql = "update bindings set add_pos = 0, normalizer = $2 where binding_id = $1";

    private const string BlockSql = """
        update accounts set blocked_until = coalesce($2, blocked_until), stopped_code = coalesce($3, stopped_code),
          used_percent = coalesce($4, used_percent), usage_at = case when $4::bigint is null then usage_at else $5 end,
          blocked_code = case when $2::timestamptz is null then blocked_code else $6 end,
          throttles = coalesce($7, throttles), throttled_since = case when $7::int is null then throttled_since else $8 end,
          stopped_at = case when $3::text is null then stopped_at else $5 end, updated_at = now()
        where destination = $1
        """;

    internal string Workspace => database.Workspace.Value;

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
            bindings.Add(new Binding(
                reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetInt64(4), reader.GetInt64(5),
                reader.GetInt32(6), reader.TimeOrNull(7), reader.GetInt32(8), reader.TimeOrNull(9), reader.TextOrNull(10),
                reader.IsDBNull(11) ? null : new NormalizerVersion(reader.GetInt16(11)), reader.GetString(12), reader.GetBoolean(13),
                reader.GetBoolean(14))
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
            });
        }

        return bindings;
    }

    /// <summary>Members of a lane that changed behind its position, in the order of their change.</summary>
    public async Task<List<LaneMember>> ReadLaneAsync(Binding binding, Lane lane, int limit, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            database.Hot, LaneSql,
            Sql.Of(binding.KeyId), Sql.Of(lane.PositionOf(binding)), Sql.Of(lane.States), Sql.Of(limit), Sql.Of(binding.BindingId),
            Sql.Of(binding.Destination), Sql.Of(lane.Desired ? long.MaxValue : binding.RemovalsUpto));
        return await MembersAsync(binding, command, cancellationToken);
    }

    /// <summary>Members to be processed again that belong to this lane now.</summary>
    public async Task<List<LaneMember>> ReadMarkedAsync(Binding binding, Lane lane, int limit, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            database.Hot, MarkedSql, Sql.Of(binding.KeyId), Sql.Of(binding.BindingId), Sql.Of(lane.States), Sql.Of(limit), Sql.Of(binding.Destination));
        return await MembersAsync(binding, command, cancellationToken);
    }

    /// <summary>Whether any remote audience of an account that may be worked on has a member in its removal lane.</summary>
    public async Task<bool> HasRemovalsAsync(string destination, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            database.Hot, HasRemovalsSql,
            Sql.Of(destination), Sql.Of(now), Sql.Of(Lane.Removals.States), Sql.Of(Lane.Removals.States.Except(Lane.Adds.States).ToArray()));
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<List<LaneMember>> MembersAsync(Binding binding, NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var members = new List<LaneMember>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var entry = reader.Entry(status: 2, omitted: 13);
            var status = (MembershipStatus)reader.GetInt16(6);
            var desired = status is MembershipStatus.Present or MembershipStatus.Limited
                && !reader.GetBoolean(8) && ((TargetingRestrictions)reader.GetInt16(7)).AllowTargeting(binding.ConsentRequired);
            members.Add(new LaneMember(new PersonId(reader.GetGuid(0)), reader.GetInt64(1), entry, reader.GetInt32(5), desired)
            {
                InJob = reader.GetBoolean(9), IsNew = reader.GetBoolean(10), WrittenAt = reader.TimeOrNull(11),
                EndedAt = status is MembershipStatus.Removed or MembershipStatus.Expired ? reader.TimeOrNull(12) : null,
            });
        }

        return members;
    }

    /// <summary>Sealed identifiers by person and revision, for an operation at a binding. A missing person has been erased.</summary>
    public async Task<Dictionary<(PersonId Person, int Revision), SealedIdentifiers>> ReadIdentifiersAsync(
        Binding binding, MemberOperation operation, List<Guid> people, List<int> revisions, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(PersonId, int), SealedIdentifiers>(people.Count);
        await using var command = operation == MemberOperation.Add
            ? Sql.Command(database.Hot, IdentifierSql.Added, Sql.Of(people), Sql.Of(revisions))
            : Sql.Command(database.Hot, IdentifierSql.Removed, Sql.Of(people), Sql.Of(revisions), Sql.Of(binding.BindingId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found[(new PersonId(reader.GetGuid(0)), reader.GetInt32(1))] = new SealedIdentifiers(
                reader.GetFieldValue<byte[]>(2), reader.GetInt16(3), reader.GetFieldValue<byte[]>(4),
                (reader.GetBoolean(5) ? IdentifierParts.Email : IdentifierParts.None) | (reader.GetBoolean(6) ? IdentifierParts.Phone : IdentifierParts.None));
        }

        return found;
    }

    /// <summary>
    /// Writes into the ledger what is about to be sent to the platform. Must be durable before the call is sent. Keeps the lease for as
    /// long as the call may take: if the account were another host's in the meantime, a late add could arrive after that host's removal
    /// without being noticed.
    /// </summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host; the call must not be made.</exception>
    public Task WriteIntentAsync(
        Lease lease,
        Binding binding,
        MemberIntent intent,
        (List<BudgetSlot> Slots, List<BudgetSlot> Oldest) budget,
        TimeSpan callTimeout,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        List<NpgsqlBatchCommand> commands = [.. ResidualTable.Write(binding, intent.Lost, now), RunTable.Intent(binding, intent.Run, now)];
        if (intent.Residuals.Count > 0)
        {
            commands.Add(ResidualTable.MarkSent(binding, intent.Residuals, now));
        }

        Ledger(commands, NewLedgerSql, binding, [.. intent.Rows.Where(change => change.IsNew)], now);
        Ledger(commands, LedgerSql, binding, [.. intent.Rows.Where(change => !change.IsNew)], now);
        if (budget.Slots.Count > 0)
        {
            commands.Add(BudgetTable.Write(binding.Destination, budget.Slots));
            commands.Add(BudgetTable.Forget(binding.Destination, budget.Oldest));
        }

        return WriteAsync(lease, callTimeout + lease.Time, commands, cancellationToken);
    }

    /// <summary>The adds of a binding start again, for a normalizer under which no member of it has been processed.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public Task RestartAddsAsync(Lease lease, Binding binding, NormalizerVersion normalizer, CancellationToken cancellationToken) =>
        WriteAsync(lease, lease.Time, [Sql.Command(RestartAddsSql, Sql.Of(binding.BindingId), Sql.Of(normalizer.Value))], cancellationToken);

    /// <summary>A lane has nothing left to do: its run ends with its last outcome.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public Task EndRunAsync(Lease lease, Binding binding, Lane lane, CancellationToken cancellationToken) =>
        WriteAsync(lease, lease.Time, [RunTable.End(binding, lane)], cancellationToken);

    /// <summary>Records a response: ledger, residual deliveries, lanes, account and call, or nothing of it.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host, which will find the intent and resend
    /// it.</exception>
    public Task WriteOutcomeAsync(
        Lease lease,
        string destination,
        Binding binding,
        IReadOnlyList<LedgerChange> changes,
        IReadOnlyList<ResidualChange> residuals,
        BindingState state,
        CallRecord? call,
        DateTimeOffset now,
        CancellationToken cancellationToken,
        PageMarks? marks = null,
        RunOutcome? run = null)
    {
        var commands = new List<NpgsqlBatchCommand>(8);
        if (call is not null)
        {
            commands.AddRange(CallTable.Write(lease, binding, state.Lane, call));
        }

        commands.AddRange(RunTable.Write(binding, state.Lane, run, marks?.EndsRun ?? false, hasCall: call is not null, now));

        if (call?.Job is { } job)
        {
            commands.Add(Sql.Command(
                JobSql, Sql.Of(binding.BindingId), Sql.Of(destination), Sql.Of((short)call.Operation), Sql.Of(job.Handle.Value), Sql.Of(call.Members),
                Sql.Of(now), Sql.Of(job.FirstPollAt)));
        }

        // Each of them has had a row since the intent.
        Ledger(commands, LedgerSql, binding, changes, now);
        var grown = call is { Operation: MemberOperation.Add, Outcome: OutcomeKind.Done or OutcomeKind.PartlyDone };
        var laneState = Sql.Command(
            state.Lane.Desired ? AddLaneSql : RemovalLaneSql,
            Sql.Of(binding.BindingId), Sql.OfNullable(state.Place), Sql.Of(state.Attempts), Sql.OfNullable(state.NextTryAt),
            Sql.OfNullable(state.BindingStopped), Sql.Of(state.Unknowns), Sql.OfNullable(state.WaitCode), Sql.Of(binding.KeyId),
            Sql.Of(state.Lane.PositionOf(binding)), Sql.OfNullable(state.FailingSince), Sql.OfNullable(state.AnswerAt), Sql.Of(now));
        if (state.Lane.Desired)
        {
            laneState.Parameters.Add(Sql.Of(grown));
        }

        commands.Add(laneState);
        if (state.AccountBlockedUntil is not null || state.AccountStopped is not null || state.UsedPercent is not null || state.Throttles is not null)
        {
            commands.Add(Sql.Command(
                BlockSql,
                Sql.Of(destination), Sql.OfNullable(state.AccountBlockedUntil), Sql.OfNullable(state.AccountStopped), Sql.OfNullable(state.UsedPercent), Sql.Of(now),
                Sql.OfNullable(state.AccountBlockedCode), Sql.OfNullable(state.Throttles), Sql.OfNullable(state.ThrottledSince)));
        }

        commands.AddRange(ResidualTable.Write(binding, [.. residuals, .. marks?.Residuals ?? []], now));
        Mark(commands, binding, marks?.Processed, redeliver: false);
        Mark(commands, binding, marks?.Later, redeliver: true);
        if (marks is { Redeliver.Count: > 0 })
        {
            commands.Add(HolderTable.Redeliver(binding, marks.Redeliver));
        }

        return WriteAsync(lease, lease.Time, commands, cancellationToken);
    }

    private static void Mark(List<NpgsqlBatchCommand> commands, Binding binding, IReadOnlyList<PersonId>? people, bool redeliver)
    {
        if (people is { Count: > 0 })
        {
            commands.Add(Sql.Command(MarkSql, Sql.Of(binding.BindingId), Sql.Of(people.Select(person => person.Value).ToList()), Sql.Of(redeliver)));
        }
    }

    private static void Ledger(List<NpgsqlBatchCommand> commands, string sql, Binding binding, IReadOnlyList<LedgerChange> changes, DateTimeOffset now)
    {
        if (changes.Count == 0)
        {
            return;
        }

        var people = new List<Guid>(changes.Count);
        var statuses = new List<short>(changes.Count);
        var revisions = new List<int>(changes.Count);
        var normalizers = new List<short>(changes.Count);
        var reasons = new List<string?>(changes.Count);
        var jobRows = new List<int>(changes.Count);
        var omitted = new List<short>(changes.Count);
        foreach (var change in changes)
        {
            people.Add(change.Person.Value);
            statuses.Add((short)change.Entry.Status);
            revisions.Add(change.Entry.Revision);
            normalizers.Add(change.Entry.Normalizer.Value);
            reasons.Add(change.Reason);
            jobRows.Add(change.JobRow ?? -1);
            omitted.Add((short)change.Entry.Omitted);
        }

        commands.Add(Sql.Command(
            sql,
            Sql.Of(binding.BindingId), Sql.Of(people), Sql.Of(statuses), Sql.Of(revisions), Sql.Of(normalizers), Sql.Of(reasons), Sql.Of(now),
            Sql.Of(jobRows), Sql.Of(omitted)));
    }

    private async Task WriteAsync(Lease lease, TimeSpan time, IReadOnlyList<NpgsqlBatchCommand> commands, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await LeaseTable.WriteAsync(connection, lease, time, commands, cancellationToken);
    }
}
