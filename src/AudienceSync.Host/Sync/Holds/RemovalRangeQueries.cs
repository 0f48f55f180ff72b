using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Ledger;
using Npgsql;

namespace AudienceSync.Host.Sync.Holds;

/// <summary>
/// Counts and reads the pending changes of the removal lane, between two changes, and the pending part of the sweep of a cutover. In pages,
/// so that the account's lease is kept in between.
/// </summary>
public sealed class RemovalRangeQueries(WorkspaceDatabase database)
{
    /// <summary>Rows of one read: a fraction of a second.</summary>
    private const int RowsPerRead = 20_000;

    // Members that the adds may have to remove belong to the add lane.
    private static readonly short[] States = Lane.StatesOf(status => !TargetingRule.IsTargetable(status));

    private const string AheadSql = """
        select count(*), coalesce(max(x.changed_pos), $2) from (
          select m.changed_pos from unnest($3::smallint[]) as s(state)
          cross join lateral (
            select c.changed_pos from membership c where c.key_id = $1 and c.state = s.state and c.changed_pos > $2 order by c.changed_pos
              limit $4) m
          order by m.changed_pos limit $4) x
        """;

    // Withheld and linked cannot be a mistake either.
    private const string PieceOf = $"""
        piece as materialized (
          select m.person, m.changed_pos, m.own from unnest($3::smallint[]) as s(state)
          cross join lateral (
            select c.person, c.changed_pos, c.state not {TargetingSql.MayBeMistake} or {TargetingSql.OptedOut} as own from membership c
            where c.key_id = $1 and c.state = s.state and c.changed_pos > $2 and c.changed_pos <= $7 order by c.changed_pos limit $4) m
          order by m.changed_pos limit $4)
        """;

    private const string LedgerOf = $"""
        left join lateral (
          select r.status, r.revision, r.normalizer, r.job_id is not null as in_job, r.omitted from ledger r
          where r.binding_id = $5 and r.person = p.person and r.status {TargetingSql.MayBeThere} limit 1) l on true
        """;

    private const string CountSql = $"""
        with {PieceOf}
        select count(*) filter (where not p.own and l.status is not null), coalesce(max(p.changed_pos), $2), count(*) = $4
          from piece p {LedgerOf}
        """;

    // The last row of the page is returned in any case: it shows how far the page reaches.
    private const string PieceSql = $"""
        with {PieceOf},
        evaluated as (select p.person, p.changed_pos, l.*, l.status is not null and (p.own or not $8) as leaves from piece p {LedgerOf})
        select j.person, j.changed_pos, j.status, j.revision, j.normalizer, j.in_job, j.leaves, (select count(*) from piece) = $4, j.omitted
          from evaluated j
        where j.leaves or j.changed_pos = (select max(changed_pos) from piece) order by j.changed_pos
        """;

    // The sweep of a cutover, as CutoverStore takes it.
    private const string SweepSql = $"""
        with piece as materialized (
          select l.person, l.status from ledger l where l.binding_id = $1 and l.person > $2 order by l.person limit $4)
        select count(*) filter (where p.status {TargetingSql.MayBeThere} and m.person is null),
          (select x.person from piece x order by x.person desc limit 1), count(*) = $4
        from piece p left join lateral (
          select m.person from membership m where m.key_id = $3 and m.person = p.person and {TargetingSql.Anywhere} limit 1) m on true
        """;

    // Members that have a row under another key of the audience and can no longer be targeted; only a sweep leads to them.
    private const string ElsewhereSql = $"""
        with piece as materialized (
          select m.person, m.changed_pos, m.own from audience_keys k join bindings b on b.binding_id = $5 and b.audience = k.audience
            and k.key_id <> $1
          cross join unnest($3::smallint[]) as s(state)
          cross join lateral (
            select c.person, c.changed_pos, {TargetingSql.OptedOut} as own from membership c
            where c.key_id = k.key_id and c.state = s.state and c.changed_pos > $2 order by c.changed_pos limit $4) m
          order by m.changed_pos limit $4),
        evaluated as (select p.person, p.changed_pos, l.*, l.status is not null and p.own as leaves from piece p {LedgerOf})
        select j.person, j.changed_pos, j.status, j.revision, j.normalizer, j.in_job, j.leaves, (select count(*) from piece) = $4, j.omitted
          from evaluated j
        where j.leaves or j.changed_pos = (select max(changed_pos) from piece) order by j.changed_pos
        """;

    private const string MembersSql = $"select count(*) from ledger where binding_id = $1 and status {TargetingSql.MayBeThere}";

    /// <summary>
    /// How many rows the removal lane has pending, of whatever kind, and how far they reach; one more than <paramref name="most"/> at most.
    /// </summary>
    public async Task<(long Rows, long Upto)> PendingAsync(Binding binding, int most, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            database.Hot,
            AheadSql,
            Sql.Of(binding.KeyId),
            Sql.Of(binding.RemovalPos),
            Sql.Of(Lane.Removals.States),
            Sql.Of(most + 1)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>Counts a page of the changes above <paramref name="after"/> and up to <paramref name="upto"/>.</summary>
    public async Task<PlanCount> CountAsync(Binding binding, long after, long upto, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, CountSql, RangeOf(binding, after, RowsPerRead, upto));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new PlanCount(reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2));
    }

    /// <summary>
    /// Counts a page of the sweep over the ledger behind a person. Returns the person it reached; null when none is left.
    /// </summary>
    public async Task<(long Removals, Guid? Place, bool More)> CountSweepAsync(
        Binding binding,
        Guid after,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            database.Hot,
            SweepSql,
            Sql.Of(binding.BindingId),
            Sql.Of(after),
            Sql.Of(binding.KeyId),
            Sql.Of(RowsPerRead)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetGuid(1), reader.GetBoolean(2));
    }

    /// <summary>The number of members that are or may be in the remote audience. Reads the whole ledger of the binding.</summary>
    public async Task<long> CountMembersAsync(Binding binding, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, MembersSql, Sql.Of(binding.BindingId));
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The members to remove of a range: with <paramref name="onlyOptOuts"/> only the opt-outs.</summary>
    public Task<PlanPage> ReadAsync(
        Binding binding,
        long after,
        long upto,
        bool onlyOptOuts,
        int limit,
        CancellationToken cancellationToken
    ) => PieceAsync(PieceSql, [.. RangeOf(binding, after, RowsPerRead, upto), Sql.Of(onlyOptOuts)], after, limit, cancellationToken);

    /// <summary>
    /// Members that are restricted since then under other keys of the audience, and that this remote audience may still have.
    /// </summary>
    public Task<PlanPage> ReadOtherKeysAsync(Binding binding, long after, int limit, CancellationToken cancellationToken) =>
        PieceAsync(
            ElsewhereSql,
            [
                Sql.Of(binding.KeyId),
                Sql.Of(after),
                Sql.Of(Lane.Removals.States),
                Sql.Of(RowsPerRead),
                Sql.Of(binding.BindingId),
                Sql.Of(binding.Destination),
            ],
            after,
            limit,
            cancellationToken
        );

    private static NpgsqlParameter[] RangeOf(Binding binding, long after, int rows, long upto) =>
        [
            Sql.Of(binding.KeyId),
            Sql.Of(after),
            Sql.Of(States),
            Sql.Of(rows),
            Sql.Of(binding.BindingId),
            Sql.Of(binding.Destination),
            Sql.Of(upto),
        ];

    private async Task<PlanPage> PieceAsync(
        string sql,
        NpgsqlParameter[] parameters,
        long after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var leavers = new List<LaneMember>();
        var (place, more) = (after, false);
        await using var command = Sql.Command(database.Hot, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (leavers.Count == limit)
            {
                return new PlanPage(leavers, place, More: true);
            }

            place = reader.GetInt64(1);
            more = reader.GetBoolean(7);
            if (reader.GetBoolean(6))
            {
                var entry = reader.Entry(status: 2, omitted: 8);
                leavers.Add(
                    new LaneMember(new PersonId(reader.GetGuid(0)), place, entry, entry.Revision, Desired: false)
                    {
                        InJob = reader.GetBoolean(5),
                    }
                );
            }
        }

        return new PlanPage(leavers, place, more);
    }
}
