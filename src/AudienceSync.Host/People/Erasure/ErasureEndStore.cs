using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Privacy;
using Npgsql;

namespace AudienceSync.Host.People.Erasure;

/// <summary>
/// Destroys what leads to a person, once no platform has the person: in one transaction under the log's lock the receipt is written, then
/// the person's salts, identifiers, aliases and ledger rows are deleted, and an event records it.
/// <para>
/// <b>Why the person cannot be sent afterwards.</b> The ledger is locked against new intents before it is read. An intent that was written
/// before is seen, and the end waits for its outcome. One that is written after finds no identifiers, and sends nothing.
/// </para>
/// <para>
/// <b>An address of the person that belonged to someone else before</b> may still be delivered for that other person, until the account has
/// processed the other person again. The end waits for that, too, or the receipt would be wrong.
/// </para>
/// <para>
/// <b>What stays</b> is a uuid to which nothing leads: the person's events, links and memberships, so that a rebuild produces what is
/// there.
/// </para>
/// </summary>
public sealed class ErasureEndStore(WorkspaceDatabase database, TombstoneDigester tombstones, TimeProvider clock)
{
    private readonly AppendLock _lock = new(database, new StalledHolders(database), clock);

    /// <summary>Whether nothing blocks the end. Without a lock: <see cref="EndAsync"/> checks again.</summary>
    public async Task<bool> IsReadyAsync(ErasureRow erasure, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        var anchors = await AnchorsAsync(connection, erasure, cancellationToken);
        return await IsReadyAsync(connection, erasure, anchors, cancellationToken);
    }

    /// <summary>
    /// Whether no platform may have an address of the person that was delivered for someone else, to whom it belonged before. Without a
    /// lock, as above.
    /// </summary>
    public async Task<bool> IsFullyRemovedAsync(ErasureTraces traces, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        return await IsFullyRemovedAsync(connection, traces, cancellationToken);
    }

    /// <summary>False when something blocks the end after all, or it has already ended: then nothing was changed.</summary>
    /// <param name="erasure">The erasure to end.</param>
    /// <param name="traces">The traces as they were read before.</param>
    /// <param name="cancellationToken">Cancels the wait for storage.</param>
    public async Task<bool> EndAsync(Guid erasure, ErasureTraces traces, CancellationToken cancellationToken)
    {
        return await _lock.RunAsync((unit, token) => EndAsync(unit, erasure, traces, token), cancellationToken);
    }

    // Under the append lock.
    private async Task<bool> EndAsync(UnitOfWork unit, Guid erasure, ErasureTraces traces, CancellationToken cancellationToken)
    {
        var connection = unit.Connection;
        if (await HoldAsync(connection, erasure, cancellationToken) is not { } row)
        {
            return false;
        }

        if (!await TryLockLedgerAsync(connection, cancellationToken))
        {
            return false;
        }

        var anchors = await AnchorsAsync(connection, row, cancellationToken);
        if (
            !await IsReadyAsync(connection, row, anchors, cancellationToken)
            || !await IsFullyRemovedAsync(connection, traces, cancellationToken)
        )
        {
            return false;
        }

        var now = clock.GetUtcNow();
        await ExecuteAsync(connection, ErasureSql.WriteRemovals, [Sql.Of(anchors), Sql.Of(erasure)], cancellationToken);
        await ExecuteAsync(connection, ErasureSql.TransferLateRemovals, [Sql.Of(anchors)], cancellationToken);
        await DestroyAsync(connection, erasure, anchors, traces, cancellationToken);
        PersonEventSql.Append(unit, database, anchors, $"erased/{erasure}", new PersonErased(now, erasure));
        await ExecuteAsync(connection, ErasureSql.End, [Sql.Of(erasure), Sql.Of(now), Sql.Of(anchors)], cancellationToken);
        return true;
    }

    // Webhooks need the append lock, too, so there is no wait for a holder of the ledger. The next iteration tries again.
    private static async Task<bool> TryLockLedgerAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(connection, ErasureSql.LockWithTimeout, [], cancellationToken);
            await ExecuteAsync(connection, ErasureSql.LockLedger, [], cancellationToken);
            return true;
        }
        catch (PostgresException busy) when (AppendLock.IsBusy(busy))
        {
            return false;
        }
    }

    private async Task DestroyAsync(
        NpgsqlConnection connection,
        Guid erasure,
        Guid[] anchors,
        ErasureTraces traces,
        CancellationToken cancellationToken
    )
    {
        await ExecuteAsync(connection, ErasureSql.DeleteCells, [Sql.Of(anchors)], cancellationToken);
        await ExecuteAsync(connection, ErasureSql.DeleteVault, [Sql.Of(anchors)], cancellationToken);
        await ExecuteAsync(connection, ErasureSql.DeleteEngagement, [Sql.Of(anchors)], cancellationToken);
        await ExecuteAsync(connection, ErasureSql.DeleteLinkStops, [Sql.Of(anchors)], cancellationToken);
        await ExecuteAsync(connection, ErasureSql.DeletePeople, [Sql.Of(anchors)], cancellationToken);
        await ExecuteAsync(connection, ErasureSql.DeleteExposureLinks, [Sql.Of(anchors)], cancellationToken);
        await ExecuteAsync(connection, ErasureSql.DeleteLedger, [Sql.Of(anchors)], cancellationToken);
        await ExecuteAsync(connection, ErasureSql.DropUnreachable, [Sql.Of(traces.Others), Sql.Of(traces.Digests)], cancellationToken);
        var gone = new List<Guid>();
        await using (var delete = Sql.Command(connection, ErasureSql.DeleteAliases, Sql.Of(traces.Digests), Sql.Of(anchors)))
        {
            await using var reader = await delete.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                gone.Add(tombstones.Digest(new AliasDigest(reader.GetGuid(0))));
            }
        }

        await ExecuteAsync(connection, ErasureSql.WriteTombstones, [Sql.Of(gone), Sql.Of(erasure)], cancellationToken);
        await ExecuteAsync(connection, ErasureSql.Recount, [Sql.Of(erasure)], cancellationToken);
    }

    private static async Task<ErasureRow?> HoldAsync(NpgsqlConnection connection, Guid erasure, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(connection, ErasureSql.Hold, Sql.Of(erasure));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ErasureStore.Row(reader) : null;
    }

    // Those of the request, and those that were linked to them since.
    private static async Task<Guid[]> AnchorsAsync(NpgsqlConnection connection, ErasureRow erasure, CancellationToken cancellationToken)
    {
        var anchors = new List<Guid>();
        await using var command = Sql.Command(connection, ErasureSql.Anchors, Sql.Of(erasure.Anchors.ToArray()));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            anchors.Add(reader.GetGuid(0));
        }

        return [.. anchors];
    }

    private static async Task<bool> IsReadyAsync(
        NpgsqlConnection connection,
        ErasureRow erasure,
        Guid[] anchors,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(connection, ErasureSql.Ready, Sql.Of(anchors), Sql.Of(erasure.Position));
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<bool> IsFullyRemovedAsync(
        NpgsqlConnection connection,
        ErasureTraces traces,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(connection, ErasureSql.FullyRemoved, Sql.Of(traces.Others), Sql.Of(traces.Digests));
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection,
        string sql,
        NpgsqlParameter[] parameters,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(connection, sql, parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
