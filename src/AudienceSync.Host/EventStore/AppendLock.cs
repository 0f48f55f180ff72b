using Npgsql;

namespace AudienceSync.Host.EventStore;

/// <summary>
/// The workspace's append lock: a transaction-level advisory lock, under which positions are assigned. Everything that appends is
/// serialized by it, on all Hosts, so a session that holds it for long stops ingest everywhere.
/// <para>
/// <b>Who takes it.</b> Group commits, which carry webhooks, operators' suppressions and consents and their lists (<c>EventLogStore</c>);
/// changes of the audience registry, publishing, promotion and rollback (<c>RegistryStore</c>); the request and the end of an erasure
/// (<c>ErasureRequestStore</c>, <c>ErasureEndStore</c>). Rebuild swaps, key rotations and the sync take row and table locks only. All of
/// them open their connection from <see cref="WorkspaceDatabase.Append"/>, whose sessions end after two seconds of inactivity within a
/// transaction and wait two seconds for a lock. Both are session options, so they also apply on a PostgreSQL server that the operator
/// provides.
/// </para>
/// <para>
/// <b>States of a session that takes it.</b> Waiting: at most two seconds per attempt, then SQLSTATE 55P03 and another attempt, until
/// <see cref="MaxWait"/> has passed. Holding: for the statements of one transaction, each of which reads by index. Ended: by its commit,
/// its rollback, or the server.
/// </para>
/// <para>
/// <b>Failures.</b> A Host that is frozen or disconnected between two statements is idle in its transaction: the server ends it after two
/// seconds. One that is disconnected in the middle of a statement, or does not read the response, is not idle for PostgreSQL: its backend
/// is active and waits for its client, for as long as the connection lasts. So any Host that waits for more than three seconds ends such a
/// backend (<see cref="StalledHolders"/>). If the whole batch of a Host has arrived, the server executes it to the end without the Host.
/// What a frozen Host had not committed is appended once more with the same ids when it resumes: nothing is lost or duplicated.
/// </para>
/// <para>
/// <b>Why a holder that makes progress is not ended.</b> The rule checks what the backend waits for, not how long it has worked. A backend
/// that computes, or waits for the disk, a replica or a row, makes progress or is bounded by its own lock timeout; ending it would undo
/// work that must be repeated, and could go on forever between two Hosts on a slow server. A backend that waits for its client does
/// nothing.
/// </para>
/// </summary>
public sealed class AppendLock(WorkspaceDatabase database, StalledHolders stalled, TimeProvider clock)
{
    /// <summary>How long a session retries while the lock is not available. A stalled holder is ended well before.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(8);

    /// <summary>Runs a transaction under the lock and commits it.</summary>
    /// <param name="work">The work under the lock. False: nothing is to be committed. May be called again from the start.</param>
    /// <param name="cancellationToken">Rolls it back.</param>
    /// <exception cref="PostgresException">55P03: the lock was not available for <see cref="MaxWait"/>.</exception>
    public async Task<bool> RunAsync(Func<UnitOfWork, CancellationToken, Task<bool>> work, CancellationToken cancellationToken)
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

    /// <summary>Whether a lock was not available in time: nothing was done, and another attempt may succeed.</summary>
    public static bool IsBusy(Exception failure) => failure is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    private async Task<bool> TryRunAsync(Func<UnitOfWork, CancellationToken, Task<bool>> work, CancellationToken cancellationToken)
    {
        await using var unit = await UnitOfWork.BeginAsync(database.Store, cancellationToken);
        if (!await work(unit, cancellationToken))
        {
            return false;
        }

        await unit.CommitAsync(cancellationToken);
        return true;
    }
}
