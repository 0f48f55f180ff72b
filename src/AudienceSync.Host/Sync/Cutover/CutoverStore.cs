using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Ledger;

namespace AudienceSync.Host.Sync.Cutover;

/// <summary>An open sweep over a binding's ledger, and how far it has come.</summary>
public sealed record OpenCutover(long CutoverId, int BindingId, int KeyId, Guid SweptTo);

/// <summary>A page of the sweep: the members to remove, how far it reaches, and whether the ledger goes on behind it.</summary>
public sealed record CutoverPage(IReadOnlyList<LaneMember> ToRemove, Guid SweptTo, bool More);

/// <summary>
/// The sweep that a cutover of the feeding key needs. The ledger is per binding and person, the lanes read membership per key: a member
/// that the old key delivered and the new key never had has no row under the new key, so no lane of it ever reaches that member.
/// <para>
/// <b>What a cutover does</b>, in the transaction of its event: the new key feeds; the add lane begins at 0, so it compares every present
/// member of the new key with the ledger and sends only those it lacks; the removal lane begins at the projector's current counter; a sweep
/// is opened. The sweep goes over the ledger in the order of its key and removes every member that may be there (adding, delivered,
/// removing) and is not present under the new key. A member that is present and may not be targeted here is found, and removed, by the add
/// lane.
/// </para>
/// <para>
/// <b>Why that is sufficient.</b> Take any member that may be there according to the ledger. Present under the new key when the sweep
/// reaches the member: the member stays, and if the membership ends later, it ends with a changed_pos above the counter of the cutover,
/// which the removal lane has yet to read. Not present: the sweep removes the member, and if the member becomes present later, the add lane
/// has yet to read that. Every member that gets into the ledger behind the sweep got there by the add lane of the new key. So after sweep
/// and lanes the platform has the new key's members, and what was sent is the difference. A rollback is the same cutover.
/// </para>
/// <para>
/// <b>States of a sweep.</b> Open; finished (it came to the end); superseded (another cutover came first, and its own sweep starts from the
/// beginning: what is left to remove follows from the ledger and the key that feeds now, never from the position of an older sweep).
/// </para>
/// <para>
/// <b>Failures.</b> The position is written after the outcome is in the ledger. A crash between the two, or a lost lease, makes the next
/// owner read the same page: members already removed are absent and not processed again. A run that was under way for the old key may still
/// record what it sent to the platform, which is true, but not move a lane: it names the key and the position it began from (LaneStore),
/// and both must still match the row. One owner at a time works on the account, so the sweep never runs concurrently with such a run.
/// </para>
/// </summary>
public sealed class CutoverStore(WorkspaceDatabase database)
{
    /// <summary>Ledger rows of one read: a fraction of a second, so that the lease is kept in between.</summary>
    private const int RowsPerRead = 20_000;

    private const string OpenSql = """
        select c.cutover_id, c.binding_id, c.key_id, c.swept_to from cutovers c
        join bindings b on b.binding_id = c.binding_id and b.key_id = c.key_id
        where c.binding_id = $1 and c.finished_at is null
        """;

    // The last row of the page is returned in any case: it shows how far the page reaches.
    private const string PageSql = $"""
        with piece as materialized (
          select l.person, l.status, l.revision, l.normalizer, l.job_id is not null as in_job, l.omitted from ledger l
            where l.binding_id = $1 and l.person > $2 order by l.person limit $4),
        evaluated as (
          select p.*, p.status {TargetingSql.MayBeThere}
            and not exists (select from membership m where m.key_id = $3 and m.person = p.person and {TargetingSql.Anywhere}) as leaves
          from piece p)
        select j.person, j.status, j.revision, j.normalizer, j.leaves, j.in_job, (select count(*) from piece) = $4, j.omitted
          from evaluated j
        where j.leaves or j.person = (select p.person from piece p order by p.person desc limit 1) order by j.person
        """;

    private const string MoveSql = """
        update cutovers set swept_to = $2, removed = removed + $3, finished_at = $4 where cutover_id = $1 and finished_at is null
        """;

    /// <summary>Null when no cutover of this binding is under way.</summary>
    public async Task<OpenCutover?> FindAsync(int bindingId, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, OpenSql, Sql.Of(bindingId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new OpenCutover(reader.GetInt64(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetGuid(3))
            : null;
    }

    /// <summary>The next page, with no more members to remove than one call takes.</summary>
    public async Task<CutoverPage> ReadAsync(OpenCutover cutover, int limit, CancellationToken cancellationToken)
    {
        var leavers = new List<LaneMember>();
        var (sweptTo, more) = (cutover.SweptTo, false);
        await using var command = Sql.Command(
            database.Hot,
            PageSql,
            Sql.Of(cutover.BindingId),
            Sql.Of(cutover.SweptTo),
            Sql.Of(cutover.KeyId),
            Sql.Of(RowsPerRead)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (leavers.Count == limit)
            {
                return new CutoverPage(leavers, sweptTo, More: true);
            }

            sweptTo = reader.GetGuid(0);
            more = reader.GetBoolean(6);
            if (reader.GetBoolean(4))
            {
                var entry = reader.Entry(status: 1, omitted: 7);
                leavers.Add(
                    new LaneMember(new PersonId(sweptTo), 0, entry, entry.Revision, Desired: false) { InJob = reader.GetBoolean(5) }
                );
            }
        }

        return new CutoverPage(leavers, sweptTo, more);
    }

    /// <summary>Records how far the sweep has come. At its end it is finished.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public async Task MoveAsync(Lease lease, OpenCutover cutover, CutoverPage page, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await LeaseStore.WriteAsync(
            connection,
            lease,
            [
                Sql.Command(
                    MoveSql,
                    Sql.Of(cutover.CutoverId),
                    Sql.Of(page.SweptTo),
                    Sql.Of((long)page.ToRemove.Count),
                    Sql.OfNullable(page.More ? null : now)
                ),
            ],
            cancellationToken
        );
    }
}
