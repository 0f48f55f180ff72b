using Npgsql;

namespace AudienceSync.Host.Storage.Log;

/// <summary>
/// The workspace's append lock: an advisory lock of a transaction, under which positions are drawn. Everything that appends takes turns under it,
/// on all Hosts, so whoever holds it for long stops ingest everywhere.
/// <para>
/// <b>Who takes it.</b> Group commits, which carry webhooks, operators' suppressions and consents and their lists (<see cref="EventLog"/>); changes of the
/// audience registry, publishing, promotion and rollback (<c>RegistryTable</c>); the request and the end of an erasure (<c>ErasureRequests</c>,
/// <c>ErasureEnd</c>). Rebuild swaps, key rotations and the sync take row and table locks only. All of them open their connection from
/// <see cref="WorkspaceDatabase.Append"/>, whose sessions end after two seconds of silence within a transaction and wait two seconds for a lock. Both are
/// options of the session, so a server of one's own has them, too.
/// </para>
/// <para>
/// <b>States of a taker.</b> Waiting: at most two seconds a try, then SQLSTATE 55P03 and another try, until <see cref="Patience"/> is over. Holding: for
/// the statements of one transaction, each of which reads by index. Ended: by its commit, its rollback, or the server.
/// </para>
/// <para>
/// <b>Failures.</b> A Host that is frozen or cut off between two statements is idle in its transaction: the server ends it after two seconds. One that
/// is cut off in the middle of a statement, or does not take the answer, is not idle for PostgreSQL: its backend is active and waits for its client, for
/// as long as the connection lasts. So any Host that waits for more than three seconds ends such a backend (<see cref="StalledHolders"/>). One whose
/// whole batch has arrived is carried to its end by the server without it. What a Host that was frozen had not committed is appended once
/// more with the same ids when it wakes: nothing is lost or doubled.
/// </para>
/// <para>
/// <b>Why an honest holder is not ended.</b> The rule asks what the backend waits for, not how long it has worked. One that computes, or waits for the
/// disk, a replica or a row, makes progress or is bounded by its own lock timeout; to end it would undo work that must be done again, and could go on
/// for ever between two Hosts on a slow server. One that waits for its client does nothing.
/// </para>
/// </summary>
public sealed class AppendLock(WorkspaceDatabase database, StalledHolders stalled, TimeProvider clock)
{
    /// <summary>For so long a taker tries again when the lock is not to be had. A stalled holder is ended well before.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(8);

    /// <summary>Runs a transaction under the lock and commits it.</summary>
    /// <param name="work">What is done under it. False: nothing is to be kept. May be called again from the start.</param>
    /// <param name="cancellationToken">Undoes it.</param>
    /// <exception cref="PostgresException">55P03: the lock was not to be had for <see cref="Patience"/>.</exception>
    public async Task<bool> RunAsync(Func<NpgsqlConnection, CancellationToken, Task<bool>> work, CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await TryRunAsync(work, cancellationToken);
            }
            catch (PostgresException busy) when (IsBusy(busy) && clock.GetElapsedTime(since) < MaxWait)
            {
                if (clock.GetElapsedTime(since) >= StalledHolders.After)
                {
                    await stalled.EndAsync(cancellationToken);
                }
            }
        }
    }

    /// <summary>Whether a lock was not to be had in time: nothing was done, and another try may succeed.</summary>
    public static bool IsBusy(Exception failure) => failure is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    private async Task<bool> TryRunAsync(Func<NpgsqlConnection, CancellationToken, Task<bool>> work, CancellationToken cancellationToken)
    {
        await using var connection = await database.Append.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var take = Sql.Command(connection, AppendSql.Lock, Sql.Of(EventLog.LockKeyOf(database.Workspace))))
        {
            await take.ExecuteNonQueryAsync(cancellationToken);
        }

        if (!await work(connection, cancellationToken))
        {
            return false;
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
