using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Jobs;
using Npgsql;

namespace AudienceSync.Host.Sync.Resyncs;

/// <summary>A sweep over a binding's ledger that is under way.</summary>
/// <param name="Id">The id of the resync; for a refresh the binding's id.</param>
/// <param name="SweptTo">The last person it has reached.</param>
public sealed record OpenSweep(long Id, Guid SweptTo)
{
    /// <summary>For a resync that replaces all members: how far that is; null while it has not begun.</summary>
    public ResyncSession? Session { get; init; }
}

/// <summary>
/// A page of such a sweep: the members to resend, the ledger status of each in the meantime, how far the page reaches, whether the sweep
/// goes on.
/// </summary>
public sealed record SweepPage(List<Guid> People, List<short> Statuses, Guid SweptTo, bool More);

/// <summary>
/// Marks members to be processed by the lanes although nothing about them changed. Once marked, a delivered member counts as "adding" and a
/// removed one as "removing": it is no longer known whether the platform has them. A crash after that costs nothing, because both mean that
/// the member has to be sent.
/// </summary>
public sealed class RedeliveryStore(WorkspaceDatabase database)
{
    /// <summary>Rows of one read: a fraction of a second.</summary>
    private const int RowsPerRead = 20_000;

    private const string OpenResyncSql = """
        select r.resync_id, r.swept_to, r.session_id, r.session_at, r.batches, r.batch, r.members, r.end_call is not null,
          (select j.state from jobs j where j.binding_id = r.binding_id and j.call_id = r.end_call)
        from resyncs r where r.binding_id = $1 and r.finished_at is null
        """;

    private const string RefreshSql = "select binding_id::bigint, swept_to, next_at from refreshes where binding_id = $1";

    private const string BeginRefreshSql =
        "insert into refreshes (binding_id, next_at) values ($1, $2) on conflict (binding_id) do nothing";

    // A member that is delivered and not desired waits for the regular removal, which must not be hastened here. A member that a job holds
    // has just been sent. After a replacement of all members, only those count whose rows are younger than that, and those in doubt.
    private const string ResyncPieceSql = $"""
        with piece as materialized (
          select l.person, l.status, l.job_id is not null or not (l.status in (1, 3) or l.updated_at >= $5) as skipped
          from ledger l where l.binding_id = $1 and l.person > $2 order by l.person limit $4),
        evaluated as (
          select p.person,
            case when p.skipped then null when p.status in (0, 3) then 3 when p.status in (1, 2)
              and m.person is not null then 1 end as new_status
          from piece p
          left join lateral (
            select m.person from membership m where m.key_id = $3 and m.person = p.person and {TargetingSql.Anywhere} limit 1) m on true)
        select j.person, j.new_status::smallint, (select count(*) from piece) = $4 from evaluated j
        where j.new_status is not null or j.person = (select x.person from piece x order by x.person desc limit 1) order by j.person
        """;

    private const string RefreshPieceSql = $"""
        with piece as materialized (
          select l.person, l.status = 2 and l.job_id is null
            and l.updated_at < $5::timestamptz - $6::interval * ((uuid_hash(l.person) & 1023) / 1024.0) as due
          from ledger l where l.binding_id = $1 and l.person > $2 order by l.person limit $4),
        evaluated as (
          select p.person, case when p.due and m.person is not null then 1 end as new_status from piece p
          left join lateral (
            select m.person from membership m where p.due and m.key_id = $3 and m.person = p.person and {TargetingSql.Anywhere} limit 1) m
              on true)
        select j.person, j.new_status::smallint, (select count(*) from piece) = $4 from evaluated j
        where j.new_status is not null or j.person = (select x.person from piece x order by x.person desc limit 1) order by j.person
        """;

    private const string MarkSql = """
        update ledger l set status = d.status, redeliver = true, job_tries = 0, reason = null
        from (select * from unnest($2::uuid[], $3::smallint[]) limit cardinality($2)) as d(person, status)
        where l.binding_id = $1 and l.person = d.person and l.job_id is null
        """;

    private const string ResyncedSql =
        "update resyncs set swept_to = $2, marked = marked + $3, finished_at = $4 where resync_id = $1 and finished_at is null";

    private const string RefreshedSql = """
        update refreshes set swept_to = case when $4::timestamptz is null then $2 else uuid '00000000-0000-0000-0000-000000000000' end,
          marked = marked + $3,
          next_at = coalesce($4, next_at)
        where binding_id = $1
        """;

    /// <summary>Null when none was requested.</summary>
    public async Task<OpenSweep?> FindResyncAsync(Binding binding, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, OpenResyncSql, Sql.Of(binding.BindingId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new OpenSweep(reader.GetInt64(0), reader.GetGuid(1)) { Session = reader.IsDBNull(2) ? null : Session(reader) }
            : null;
    }

    /// <summary>Null when the next round is not due.</summary>
    public async Task<OpenSweep?> FindRefreshAsync(Binding binding, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using (var command = Sql.Command(database.Hot, RefreshSql, Sql.Of(binding.BindingId)))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (await reader.ReadAsync(cancellationToken))
            {
                return reader.TimeOrNull(2) <= now ? new OpenSweep(reader.GetInt64(0), reader.GetGuid(1)) : null;
            }
        }

        await using var begin = Sql.Command(database.Hot, BeginRefreshSql, Sql.Of(binding.BindingId), Sql.Of(now));
        await begin.ExecuteNonQueryAsync(cancellationToken);
        return null;
    }

    /// <summary>
    /// The next page of a resync, with no more members than <paramref name="limit"/>: those whose rows were written since a time, and those
    /// in doubt.
    /// </summary>
    public Task<SweepPage> ReadResyncAsync(
        Binding binding,
        Guid after,
        DateTimeOffset since,
        int limit,
        CancellationToken cancellationToken
    ) => ReadAsync(Sql.Command(database.Hot, ResyncPieceSql, [.. PieceOf(binding, after), Sql.Of(since)]), after, limit, cancellationToken);

    /// <summary>
    /// The next page of a refresh: members whose last add was before <paramref name="latest"/>, by up to <paramref name="spread"/> more.
    /// </summary>
    public Task<SweepPage> ReadRefreshAsync(
        Binding binding,
        Guid after,
        (DateTimeOffset Latest, TimeSpan Spread) due,
        int limit,
        CancellationToken cancellationToken
    ) =>
        ReadAsync(
            Sql.Command(database.Hot, RefreshPieceSql, [.. PieceOf(binding, after), Sql.Of(due.Latest), Sql.Of(due.Spread)]),
            after,
            limit,
            cancellationToken
        );

    /// <summary>Marks a page and moves the sweep. At its end the resync is finished.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public Task WriteResyncAsync(
        Lease lease,
        Binding binding,
        OpenSweep sweep,
        SweepPage page,
        DateTimeOffset? finishedAt,
        CancellationToken cancellationToken
    ) => WriteAsync(lease, binding, page, Sql.Command(ResyncedSql, MoveOf(sweep, page, finishedAt)), cancellationToken);

    /// <summary>Marks a page and moves the sweep. At its end the next round is scheduled.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public Task WriteRefreshAsync(
        Lease lease,
        Binding binding,
        OpenSweep sweep,
        SweepPage page,
        DateTimeOffset? nextAt,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            lease,
            binding,
            page,
            Sql.Command(RefreshedSql, [Sql.Of((int)sweep.Id), .. MoveOf(sweep, page, nextAt)[1..]]),
            cancellationToken
        );

    private static ResyncSession Session(NpgsqlDataReader reader) =>
        new(
            reader.GetInt64(2),
            reader.TimeOrNull(3)!.Value,
            reader.GetInt32(4),
            reader.GetInt32(5),
            reader.GetInt64(6),
            reader.GetBoolean(7),
            reader.IsDBNull(8) ? null : (KeptJobState)reader.GetInt16(8)
        );

    private static NpgsqlParameter[] PieceOf(Binding binding, Guid after) =>
        [Sql.Of(binding.BindingId), Sql.Of(after), Sql.Of(binding.KeyId), Sql.Of(RowsPerRead)];

    private static NpgsqlParameter[] MoveOf(OpenSweep sweep, SweepPage page, DateTimeOffset? time) =>
        [Sql.Of(sweep.Id), Sql.Of(page.SweptTo), Sql.Of((long)page.People.Count), Sql.OfNullable(time)];

    private static async Task<SweepPage> ReadAsync(NpgsqlCommand read, Guid after, int limit, CancellationToken cancellationToken)
    {
        var (people, statuses) = (new List<Guid>(), new List<short>());
        var (sweptTo, more) = (after, false);
        await using var command = read;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (people.Count == limit)
            {
                return new SweepPage(people, statuses, sweptTo, More: true);
            }

            sweptTo = reader.GetGuid(0);
            more = reader.GetBoolean(2);
            if (!reader.IsDBNull(1))
            {
                people.Add(sweptTo);
                statuses.Add(reader.GetInt16(1));
            }
        }

        return new SweepPage(people, statuses, sweptTo, more);
    }

    private async Task WriteAsync(
        Lease lease,
        Binding binding,
        SweepPage page,
        NpgsqlBatchCommand move,
        CancellationToken cancellationToken
    )
    {
        var commands = new List<NpgsqlBatchCommand>(2);
        if (page.People.Count > 0)
        {
            commands.Add(Sql.Command(MarkSql, Sql.Of(binding.BindingId), Sql.Of(page.People), Sql.Of(page.Statuses)));
        }

        commands.Add(move);
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await LeaseStore.WriteAsync(connection, lease, commands, cancellationToken);
    }
}
