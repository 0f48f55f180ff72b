using System.Collections.Concurrent;
using Npgsql;

namespace AudienceSync.Host.EventStore.Leases;

/// <summary>
/// Claims, keeps and releases leases.
/// <para>
/// <b>States.</b> Free (no row, or its time is over), held. A claim of a free lease, or of the owner's own lease after a broken connection,
/// raises its fence; the holder keeps it by <c>hold_lease</c> in each of its transactions, by <see cref="KeepAsync"/> when idle, and by
/// <see cref="RenewAsync"/> meanwhile.
/// </para>
/// <para>
/// <b>Failures.</b> The lease of a host that dies expires. A host that is paused (SIGSTOP, a long collection, a stalled network) and
/// resumes after its lease was claimed by another does not detect that itself; its next write carries the old fence, the database raises
/// AS001, and the whole transaction is rolled back. So two hosts may both work for a moment, but only one can record anything.
/// </para>
/// </summary>
public sealed class LeaseStore(WorkspaceDatabase database, string owner, TimeSpan? time = null)
{
    /// <summary>
    /// How long a silent holder keeps others waiting, unless a setting overrides it. A holder that runs renews it three times as often.
    /// </summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(6);

    /// <summary>The same for a command beside the Hosts: it renews its lease only by its writes, which may be rare.</summary>
    public static readonly TimeSpan CommandTime = TimeSpan.FromSeconds(15);

    private readonly TimeSpan _time = time ?? Time;

    private readonly ConcurrentDictionary<string, long> _held = new(StringComparer.Ordinal);

    /// <summary>How long a claim holds.</summary>
    public TimeSpan HeldFor => _time;

    private const string LostState = "AS001";

    private const string HoldSql = "select hold_lease($1, $2, $3)";

    private const string ClaimSql = """
        insert into leases (name, owner, fence, until) values ($1, $2, 1, clock_timestamp() + $3)
        on conflict (name) do update set owner = excluded.owner, fence = leases.fence + 1, until = excluded.until
        where leases.until < clock_timestamp() or leases.owner = excluded.owner
        returning fence
        """;

    // Never shortens: the holder of an account that waits for an answer holds it for longer. What another transaction has locked is being
    // kept or claimed by it, and waiting for it with other rows locked would stop their holders.
    private const string RenewSql = """
        with held as (
          select l.name from leases l join unnest($1::text[], $2::bigint[]) as h(name, fence) on h.name = l.name and h.fence = l.fence
          for update of l skip locked)
        update leases l set until = greatest(l.until, clock_timestamp() + $3) from held where l.name = held.name
        """;

    private const string ReleaseSql = "update leases set until = clock_timestamp() - interval '1 second' where name = $1 and fence = $2";

    /// <summary>Null when another host holds it.</summary>
    public async Task<Lease?> TryClaimAsync(string name, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, ClaimSql, Sql.Of(name), Sql.Of(owner), Sql.Of(_time));
        if (await command.ExecuteScalarAsync(cancellationToken) is not long fence)
        {
            return null;
        }

        _held[name] = fence;
        return new Lease(name, fence, _time);
    }

    /// <exception cref="LeaseLostException">Another host holds it now.</exception>
    public async Task KeepAsync(Lease lease, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, HoldSql, Sql.Of(lease.Name), Sql.Of(lease.Fence), Sql.Of(lease.Time));
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException lost) when (lost.SqlState == LostState)
        {
            throw new LeaseLostException(lease.Name, lost);
        }
    }

    /// <summary>Renews every lease that was claimed here and not released. One that another host has claimed is left alone.</summary>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        var held = _held.ToArray();
        if (held.Length == 0)
        {
            return;
        }

        var (names, fences) = (held.Select(one => one.Key).ToArray(), held.Select(one => one.Value).ToArray());
        await using var command = Sql.Command(database.Hot, RenewSql, Sql.Of(names), Sql.Of(fences), Sql.Of(_time));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Releases it, so that the next host need not wait. It does not matter if it was lost in the meantime.</summary>
    public async Task ReleaseAsync(Lease lease, CancellationToken cancellationToken)
    {
        _held.TryRemove(KeyValuePair.Create(lease.Name, lease.Fence)); // Also when the database does not answer: it ends by itself then.
        await using var command = Sql.Command(database.Hot, ReleaseSql, Sql.Of(lease.Name), Sql.Of(lease.Fence));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Holds the lease in a transaction of the caller's; see <see cref="IsLost"/>.</summary>
    internal static NpgsqlBatchCommand Hold(Lease lease) =>
        Sql.Command(HoldSql, Sql.Of(lease.Name), Sql.Of(lease.Fence), Sql.Of(lease.Time));

    /// <summary>Whether a transaction failed because another host holds the lease now; nothing was committed.</summary>
    internal static bool IsLost(PostgresException failed) => failed.SqlState == LostState;

    /// <summary>Runs a batch as one transaction that holds the lease: either all of it is committed, or nothing.</summary>
    /// <exception cref="LeaseLostException">Another host holds it now; nothing was committed.</exception>
    internal static Task WriteAsync(
        NpgsqlConnection connection,
        Lease lease,
        IReadOnlyList<NpgsqlBatchCommand> commands,
        CancellationToken cancellationToken
    ) => WriteAsync(connection, lease, lease.Time, commands, cancellationToken);

    /// <summary>As above, for a holder that is about to make no writes for longer than usual.</summary>
    internal static async Task WriteAsync(
        NpgsqlConnection connection,
        Lease lease,
        TimeSpan time,
        IReadOnlyList<NpgsqlBatchCommand> commands,
        CancellationToken cancellationToken
    )
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
        batch.BatchCommands.Add(Sql.Command(HoldSql, Sql.Of(lease.Name), Sql.Of(lease.Fence), Sql.Of(time)));
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException failed)
        {
            await RollBackAsync(connection);
            if (failed.SqlState == LostState)
            {
                throw new LeaseLostException(lease.Name, failed);
            }

            throw;
        }
    }

    // The connection goes back to its pool, and must not take an aborted transaction with it.
    private static async Task RollBackAsync(NpgsqlConnection connection)
    {
        if (connection.State != System.Data.ConnectionState.Open)
        {
            return;
        }

        await using var rollback = new NpgsqlCommand("rollback", connection);
        await rollback.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
