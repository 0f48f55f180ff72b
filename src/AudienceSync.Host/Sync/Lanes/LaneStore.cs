using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Permission;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Ledger;
using Npgsql;

namespace AudienceSync.Host.Sync.Lanes;

/// <summary>The lanes of a binding: the members that changed behind a position, and the position.</summary>
public sealed class LaneStore(WorkspaceDatabase database)
{
    // Each state is a range of membership_changed read in its order; the outer order merges the ranges of the removal lane. An erased
    // member has rows and is no person: the lane must pass over such a row, not stop before it.
    private const string LaneSql = """
        select m.person, m.changed_pos, coalesce(l.status, 0::smallint), coalesce(l.revision, 0), coalesce(l.normalizer, 0::smallint),
          coalesce(p.revision, 0),
          m.state, m.restrictions, coalesce($6 = any(m.restricted_at), false), l.job_id is not null, l.person is null, l.updated_at,
            m.since_at, coalesce(l.omitted, 0::smallint)
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
          coalesce(m.state, 2::smallint), coalesce(m.restrictions, 0::smallint), coalesce($5 = any(m.restricted_at), false), false, false,
            l.updated_at, null::timestamptz, l.omitted
        from ledger l
        left join membership m on m.key_id = $1 and m.person = l.person
        join people p on p.person = l.person
        where l.binding_id = $2 and l.redeliver and l.job_id is null and coalesce(m.state, 2::smallint) = any($3::smallint[])
        order by l.person limit $4
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

    internal string Workspace => database.Workspace.Value;

    /// <summary>Members of a lane that changed behind its position, in the order of their change.</summary>
    public async Task<List<LaneMember>> ReadAsync(Binding binding, Lane lane, int limit, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            database.Hot,
            LaneSql,
            Sql.Of(binding.KeyId),
            Sql.Of(lane.PositionOf(binding)),
            Sql.Of(lane.States),
            Sql.Of(limit),
            Sql.Of(binding.BindingId),
            Sql.Of(binding.Destination),
            Sql.Of(lane.Desired ? long.MaxValue : binding.RemovalsUpto)
        );
        return await MembersAsync(binding, command, cancellationToken);
    }

    /// <summary>Members to be processed again that belong to this lane now.</summary>
    public async Task<List<LaneMember>> ReadMarkedAsync(Binding binding, Lane lane, int limit, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            database.Hot,
            MarkedSql,
            Sql.Of(binding.KeyId),
            Sql.Of(binding.BindingId),
            Sql.Of(lane.States),
            Sql.Of(limit),
            Sql.Of(binding.Destination)
        );
        return await MembersAsync(binding, command, cancellationToken);
    }

    /// <summary>The adds of a binding start again, for a normalizer under which no member of it has been processed.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public async Task RestartAddsAsync(Lease lease, Binding binding, NormalizerVersion normalizer, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await LeaseStore.WriteAsync(
            connection,
            lease,
            [Sql.Command(RestartAddsSql, Sql.Of(binding.BindingId), Sql.Of(normalizer.Value))],
            cancellationToken
        );
    }

    /// <summary>To be run in a transaction that holds the account's lease.</summary>
    /// <param name="binding">As it was read before the call.</param>
    /// <param name="lane">Which lane.</param>
    /// <param name="state">Its new state.</param>
    /// <param name="hasGrown">Whether members were added.</param>
    /// <param name="now">The present.</param>
    internal static NpgsqlBatchCommand Write(Binding binding, Lane lane, LaneState state, bool hasGrown, DateTimeOffset now)
    {
        var command = Sql.Command(
            lane.Desired ? AddLaneSql : RemovalLaneSql,
            Sql.Of(binding.BindingId),
            Sql.OfNullable(state.Place),
            Sql.Of(state.Attempts),
            Sql.OfNullable(state.NextTryAt),
            Sql.OfNullable(state.BindingStopped),
            Sql.Of(state.Unknowns),
            Sql.OfNullable(state.WaitCode),
            Sql.Of(binding.KeyId),
            Sql.Of(lane.PositionOf(binding)),
            Sql.OfNullable(state.FailingSince),
            Sql.OfNullable(state.AnswerAt),
            Sql.Of(now)
        );
        if (lane.Desired)
        {
            command.Parameters.Add(Sql.Of(hasGrown));
        }

        return command;
    }

    private static async Task<List<LaneMember>> MembersAsync(Binding binding, NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var members = new List<LaneMember>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var entry = reader.Entry(status: 2, omitted: 13);
            var status = (MembershipStatus)reader.GetInt16(6);
            var desired = TargetingRule.IsDesired(
                status,
                (TargetingRestrictions)reader.GetInt16(7),
                isSuppressedHere: reader.GetBoolean(8),
                binding.ConsentRequired
            );
            members.Add(
                new LaneMember(new PersonId(reader.GetGuid(0)), reader.GetInt64(1), entry, reader.GetInt32(5), desired)
                {
                    InJob = reader.GetBoolean(9),
                    IsNew = reader.GetBoolean(10),
                    WrittenAt = reader.TimeOrNull(11),
                    EndedAt = TargetingRule.IsEnded(status) ? reader.TimeOrNull(12) : null,
                }
            );
        }

        return members;
    }
}
