using AudienceSync.Domain.Events;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using Npgsql;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>
/// The transaction of the swap. It begins by taking over the projector's lease: the lease row stays locked until the end, so no page can be
/// written, and a page that was being folded over the old rows finds another fence and is rolled back. A swap that does not get its locks
/// is rolled back as a whole and retried: the fence is then the old one, and the projector is not affected.
/// </summary>
public sealed class GenerationSwapStore : IAsyncDisposable
{
    private const string SeizeSql = """
        insert into leases (name, owner, fence, until) values ('projector', 'rebuild', 1, clock_timestamp() - interval '1 second')
        on conflict (name) do update set owner = excluded.owner, fence = leases.fence + 1, until = excluded.until
        """;

    private const string HoldSql = "select hold_lease($1, $2, $3)";

    private const string StandsSql = """
        select p.last_seq_id, c.changed_pos, c.applied, c.superseded
        from mt_event_progression p join projection_counts c on c.name = p.name where p.name = 'membership:All'
        """;

    private const string LiveSql =
        "update generations set phase = 'live', ended_at = now(), position = $2, rechecked = $3 where generation = $1";

    private readonly GenerationSchemaStore _database;
    private readonly NpgsqlConnection _connection;
    private readonly SwapSql _sql;
    private readonly int? _keyId;

    private GenerationSwapStore(GenerationSchemaStore database, NpgsqlConnection connection, int? keyId)
    {
        (_database, _connection, _keyId) = (database, connection, keyId);
        _sql = new SwapSql(database.LiveSchema, database.NextSchema, database.FormerSchema, keyId);
    }

    /// <summary>The progress of the live generation, which does not change until the end of the swap.</summary>
    public ProjectionProgress Live { get; private set; }

    /// <summary>Null when the locks were not available in time.</summary>
    public static async Task<GenerationSwapStore?> TryBeginAsync(
        GenerationSchemaStore database,
        int? keyId,
        CancellationToken cancellationToken
    )
    {
        var connection = await database.OpenAsync(cancellationToken);
        var swap = new GenerationSwapStore(database, connection, keyId);
        try
        {
            await GenerationSchemaStore.ExecuteAsync(connection, $"begin; set local lock_timeout = '3s'; {SeizeSql}", cancellationToken);
            await using var command = Sql.Command(connection, StandsSql);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            swap.Live = new ProjectionProgress(
                new Position(reader.GetInt64(0)),
                reader.GetInt64(1),
                reader.GetInt64(2),
                reader.GetInt64(3)
            );
            return swap;
        }
        catch (PostgresException busy) when (IsBusy(busy))
        {
            await swap.DisposeAsync();
            return null;
        }
    }

    /// <summary>Assigns numbers to rows that changed meanwhile and replaces the old generation with the new one.</summary>
    /// <param name="lease">The lease of the rebuild.</param>
    /// <param name="generation">The number of the new generation.</param>
    /// <param name="next">The progress of the new generation.</param>
    /// <param name="numbers">The number ranges of the new generation.</param>
    /// <param name="missed">What it adds to the hourly counts; null when only the sizes can be corrected.</param>
    /// <param name="now">The hour in which the sizes are corrected.</param>
    /// <param name="cancellationToken">Rolls everything back.</param>
    /// <returns>The number of members that the lanes will process again; null when the locks were not available, and nothing
    /// happened.</returns>
    public async Task<long?> TryCommitAsync(
        Lease lease,
        long generation,
        ProjectionProgress next,
        GenerationNumbers numbers,
        ProjectedPage? missed,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await ExecuteScalarAsync(HoldSql, [Sql.Of(lease.Name), Sql.Of(lease.Fence), Sql.Of(lease.Time)], cancellationToken);
            var last = next.ChangedPos;
            last += await ExecuteScalarAsync(_sql.CarrySql, [Sql.Of(numbers.Seen), Sql.Of(last)], cancellationToken);
            last += await ExecuteScalarAsync(
                _sql.NumberSql,
                [
                    Sql.Of(numbers.Seen),
                    Sql.Of(numbers.Filled),
                    Sql.Of(Live.Position.Value),
                    Sql.Of(next.Position.Value),
                    Sql.Of(numbers.Base),
                    Sql.Of(last),
                ],
                cancellationToken
            );
            var rechecked = await ExecuteScalarAsync(_sql.LookedSql, [Sql.Of(numbers.Base)], cancellationToken);
            await ExchangeAsync(next with { ChangedPos = last }, cancellationToken);
            if (_keyId is null)
            {
                await CountAsync(next.Position, missed, now, cancellationToken);
            }

            await ExecuteAsync(_sql.AssignSql, cancellationToken);
            await ExecuteScalarAsync(LiveSql, [Sql.Of(generation), Sql.Of(next.Position.Value), Sql.Of(rechecked)], cancellationToken);
            await ExecuteAsync("commit", cancellationToken);
            return rechecked;
        }
        catch (PostgresException busy) when (IsBusy(busy))
        {
            return null;
        }
    }

    /// <summary>Without a commit everything is rolled back: the connection is closed, and the transaction with it.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task ExchangeAsync(ProjectionProgress next, CancellationToken cancellationToken)
    {
        var (live, rebuilt, former) = (_database.LiveSchema, _database.NextSchema, _database.FormerSchema);
        await ExecuteAsync(
            $"create schema if not exists {former}; grant usage on schema {former} to {WorkspaceDatabase.AppRole}",
            cancellationToken
        );
        await TableCopyStore.DropAsync(_connection, former, cancellationToken);
        var counts = _keyId is null ? next : Live with { ChangedPos = next.ChangedPos };
        await ExecuteScalarAsync(
            _sql.ProgressSql,
            [Sql.Of(counts.Position.Value), Sql.Of(counts.ChangedPos), Sql.Of(counts.Applied), Sql.Of(counts.Superseded)],
            cancellationToken
        );
        if (_keyId is null)
        {
            await ExecuteAsync(
                $"lock table {string.Join(", ", TableCopyStore.Projected.Select(table => $"{live}.{table}"))} in access exclusive mode",
                cancellationToken
            );
            await TableCopyStore.MoveAsync(_connection, live, former, TableCopyStore.Projected, cancellationToken);
            await TableCopyStore.MoveAsync(_connection, rebuilt, live, TableCopyStore.Projected, cancellationToken);
            await TableCopyStore.MoveAsync(_connection, rebuilt, former, TableCopyStore.Progress, cancellationToken);
            return;
        }

        await TableCopyStore.MakeAsync(_connection, live, former, "membership", cancellationToken);
        await ExecuteAsync(_sql.KeepSql, cancellationToken);
        await TableCopyStore.IndexAsync(_connection, live, former, "membership", cancellationToken);
        await TableCopyStore.KeyAsync(_connection, live, former, "membership", cancellationToken);
        await ExecuteAsync(_sql.ReplaceSql, cancellationToken);
        await ExecuteAsync($"drop table {rebuilt}.membership", cancellationToken);
        await TableCopyStore.MoveAsync(
            _connection,
            rebuilt,
            former,
            TableCopyStore.Projected[1..].Concat(TableCopyStore.Progress),
            cancellationToken
        );
    }

    private async Task CountAsync(Position last, ProjectedPage? missed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(_connection) { BatchCommands = { DrainStore.AddBetween(Live.Position, last) } };
        if (missed is null)
        {
            batch.BatchCommands.Add(HourStore.Balance(now));
        }
        else if (missed.Hours.Count > 0)
        {
            batch.BatchCommands.Add(HourStore.Add(missed.Hours));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    // Lock not available, deadlock.
    private static bool IsBusy(PostgresException failure) =>
        failure.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected;

    private async Task<long> ExecuteScalarAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(_connection, sql, parameters);
        return await command.ExecuteScalarAsync(cancellationToken) is long count ? count : 0;
    }

    private Task ExecuteAsync(string sql, CancellationToken cancellationToken) =>
        GenerationSchemaStore.ExecuteAsync(_connection, sql, cancellationToken);
}
