using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Jobs;
using AudienceSync.Host.Sync.Ledger;
using Npgsql;

namespace AudienceSync.Host.Sync.Resyncs;

/// <summary>The replacement of all members of a remote audience, as far as it has come.</summary>
/// <param name="Id">The platform's session, unique within the ad account.</param>
/// <param name="At">A time before the first batch was sent.</param>
/// <param name="Batches">How many batches there are.</param>
/// <param name="Batch">How many of them were accepted.</param>
/// <param name="Members">How many members all batches have.</param>
/// <param name="Ended">Whether the call that ends it was accepted.</param>
/// <param name="EndJob">The job of that call; null when there was none.</param>
public sealed record ResyncSession(long Id, DateTimeOffset At, int Batches, int Batch, long Members, bool Ended, KeptJobState? EndJob);

/// <summary>A batch of a replacement: what the ledger has as delivered, in the order of people.</summary>
public sealed record SessionBatch(IReadOnlyList<(PersonId Person, LedgerEntry Entry)> Members, Guid SweptTo);

/// <summary>Stores the replacements by which exclusive bindings are resynced. Every write holds the account's lease.</summary>
public sealed class ResyncSessionStore(WorkspaceDatabase database)
{
    private const string CountSql = "select count(*) from ledger where binding_id = $1 and status = 2 and updated_at < $2";

    private const string BatchSql = """
        select l.person, l.revision, l.normalizer, l.omitted from ledger l
        where l.binding_id = $1 and l.person > $2 and l.status = 2 and l.updated_at < $4 order by l.person limit $3
        """;

    private const string BeginSql = """
        update resyncs set session_id = $2, session_at = $3, batches = $4, members = $5, batch = 0, end_call = null,
          swept_to = '00000000-0000-0000-0000-000000000000' where resync_id = $1 and finished_at is null
        """;

    private const string SentSql =
        "update resyncs set batch = $2, swept_to = $3, marked = marked + $4 where resync_id = $1 and finished_at is null";

    // The account has one writer, so the last call of the binding is the one that ended the session. Without a call it is 0.
    private const string EndSql = """
        update resyncs r set swept_to = '00000000-0000-0000-0000-000000000000',
          end_call = case when $2 then (select c.call_id from calls c where c.binding_id = r.binding_id order by c.call_id desc limit 1)
            else 0 end
        where r.resync_id = $1 and r.finished_at is null
        """;

    private const string ReopenSql = "update resyncs set end_call = null where resync_id = $1 and finished_at is null";

    private const string RestartSql = "update resyncs set session_id = null, end_call = null where resync_id = $1 and finished_at is null";

    private const string JobsSql = """
        select count(*) filter (where j.state = 1), count(*) filter (where j.state > 2) from jobs j
        where j.binding_id = $1 and j.operation = 1 and j.accepted_at >= $2
        """;

    /// <summary>How many members are delivered, and were before this time.</summary>
    public async Task<long> CountAsync(Binding binding, DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, CountSql, Sql.Of(binding.BindingId), Sql.Of(before));
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The next batch. A member whose row has changed since the session began is in none of them.</summary>
    public async Task<SessionBatch> ReadAsync(
        Binding binding,
        Guid after,
        int limit,
        DateTimeOffset before,
        CancellationToken cancellationToken
    )
    {
        var members = new List<(PersonId, LedgerEntry)>();
        await using var command = Sql.Command(
            database.Hot,
            BatchSql,
            Sql.Of(binding.BindingId),
            Sql.Of(after),
            Sql.Of(limit),
            Sql.Of(before)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            after = reader.GetGuid(0);
            members.Add((new PersonId(after), reader.Delivery(LedgerStatus.Delivered, revision: 1, omitted: 3)));
        }

        return new SessionBatch(members, after);
    }

    /// <summary>Jobs with added members since the session began: how many are running, and how many failed, were lost or parked.</summary>
    public async Task<(long Running, long Failed)> JobsAsync(Binding binding, ResyncSession session, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, JobsSql, Sql.Of(binding.BindingId), Sql.Of(session.At));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <exception cref="LeaseLostException">The account's lease is held by another host; as for all below.</exception>
    public Task BeginAsync(Lease lease, OpenSweep resync, ResyncSession session, CancellationToken cancellationToken) =>
        WriteAsync(
            lease,
            Sql.Command(
                BeginSql,
                Sql.Of(resync.Id),
                Sql.Of(session.Id),
                Sql.Of(session.At),
                Sql.Of(session.Batches),
                Sql.Of(session.Members)
            ),
            cancellationToken
        );

    public Task WriteSentAsync(Lease lease, OpenSweep resync, int batch, SessionBatch sent, CancellationToken cancellationToken) =>
        WriteAsync(
            lease,
            Sql.Command(SentSql, Sql.Of(resync.Id), Sql.Of(batch), Sql.Of(sent.SweptTo), Sql.Of((long)sent.Members.Count)),
            cancellationToken
        );

    /// <summary>The end was accepted; the sweep begins again, over what changed meanwhile.</summary>
    public Task WriteEndAsync(Lease lease, OpenSweep resync, bool called, CancellationToken cancellationToken) =>
        WriteAsync(lease, Sql.Command(EndSql, Sql.Of(resync.Id), Sql.Of(called)), cancellationToken);

    /// <summary>The job of the end failed: it is sent again.</summary>
    public Task ReopenAsync(Lease lease, OpenSweep resync, CancellationToken cancellationToken) =>
        WriteAsync(lease, Sql.Command(ReopenSql, Sql.Of(resync.Id)), cancellationToken);

    /// <summary>The next round begins with a new session.</summary>
    public Task RestartAsync(Lease lease, OpenSweep resync, CancellationToken cancellationToken) =>
        WriteAsync(lease, Sql.Command(RestartSql, Sql.Of(resync.Id)), cancellationToken);

    private async Task WriteAsync(Lease lease, NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await LeaseStore.WriteAsync(connection, lease, [command], cancellationToken);
    }
}
