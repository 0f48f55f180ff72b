using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>
/// The tables of a new generation while they are filled: created and loaded in one transaction, indexed in a second one, and in parallel
/// read back on a separate connection. A kill before the end of the second transaction leaves a generation in the phase filling, whatever
/// its tables contain, and the next rebuild drops them. Rows are loaded with FREEZE: they are as old as their table, so no reader must look
/// up the transaction that wrote them.
/// </summary>
public sealed class NextTableStore : IAsyncDisposable
{
    private const string FollowingSql = """
        update generations set phase = 'following', position = $2, head = $2, seen = $3, base = $4, filled = $5, row_count = $6,
          checksum = $7, drift = $8
        where generation = $1 and phase = 'filling'
        """;

    private const string CopyOptions = "format binary, freeze";

    private const string HoldSql = "select 1 from generations where generation = $1 and phase = 'filling' for update";

    private static readonly IReadOnlyList<string> All = [.. TableCopyStore.Projected, .. TableCopyStore.Progress];

    private readonly GenerationSchemaStore _database;
    private readonly NpgsqlConnection _connection;

    private NextTableStore(GenerationSchemaStore database, NpgsqlConnection connection)
    {
        _database = database;
        _connection = connection;
    }

    public static async Task<NextTableStore> MakeAsync(GenerationSchemaStore database, CancellationToken cancellationToken)
    {
        var connection = await database.OpenAsync(cancellationToken);
        var tables = new NextTableStore(database, connection);
        var schema = database.NextSchema;
        await tables.ExecuteAsync(
            $"begin; create schema if not exists {schema}; grant usage on schema {schema} to {WorkspaceDatabase.AppRole}",
            cancellationToken
        );
        await TableCopyStore.DropAsync(connection, schema, cancellationToken);
        foreach (var table in All)
        {
            await TableCopyStore.MakeAsync(connection, database.LiveSchema, schema, table, cancellationToken);
        }

        return tables;
    }

    /// <summary>Loads memberships and adds them to the expected sum.</summary>
    public void WriteRows(Action<Action<MembershipRow>> produce, ref RowSum sum)
    {
        using var stream = _connection.BeginRawBinaryCopy(
            $"copy {_database.NextSchema}.membership ({MembershipCopy.Columns}) from stdin ({CopyOptions})"
        );
        var (rows, meant) = (new CopyRows(stream), sum);
        rows.Begin();
        produce(row =>
        {
            MembershipCopy.Write(rows, row);
            meant.Add(rows.Whole());
            rows.End();
        });
        rows.Finish();
        sum = meant;
    }

    public void WritePermissions(IEnumerable<KeyValuePair<PersonId, Permissions>> permissions)
    {
        using var stream = _connection.BeginRawBinaryCopy(
            $"copy {_database.NextSchema}.person_permissions (person, user_data_yes, user_data_no, "
                + "personalization_yes, personalization_no, lifted_at, "
                + $"suppressed_at, erasing_at, destinations, exact) from stdin ({CopyOptions})"
        );
        var rows = new CopyRows(stream);
        rows.Begin();
        foreach (var (person, stated) in permissions)
        {
            rows.Row(10);
            rows.Uuid(person.Value);
            rows.Time(stated.UserData.YesAt);
            rows.Time(stated.UserData.NoAt);
            rows.Time(stated.Personalization.YesAt);
            rows.Time(stated.Personalization.NoAt);
            rows.Time(stated.Targeting.YesAt);
            rows.Time(stated.Targeting.NoAt);
            rows.Time(stated.ErasingAt);
            rows.Json(PermissionStore.Json(stated));
            rows.Bool(stated.Exact);
            rows.End();
        }

        rows.Finish();
    }

    public void WriteLinks(IReadOnlyDictionary<PersonId, PersonId> links)
    {
        using var stream = _connection.BeginRawBinaryCopy(
            $"copy {_database.NextSchema}.person_links (person, owner) from stdin ({CopyOptions})"
        );
        var rows = new CopyRows(stream);
        rows.Begin();
        foreach (var (person, owner) in links)
        {
            rows.Row(2);
            rows.Uuid(person.Value);
            rows.Uuid(owner.Value);
            rows.End();
        }

        rows.Finish();
    }

    /// <summary>
    /// Ends the loading: from here on other connections see the rows. No other process drops this generation until the next commit.
    /// </summary>
    /// <exception cref="RebuildException">rebuild_running: another process has already dropped it, because the lock was lost.</exception>
    public async Task LoadedAsync(long generation, CancellationToken cancellationToken)
    {
        await ExecuteAsync("commit; begin", cancellationToken);
        await using var command = Sql.Command(_connection, HoldSql, Sql.Of(generation));
        if (await command.ExecuteScalarAsync(cancellationToken) is null)
        {
            throw new RebuildException("rebuild_running", "another rebuild of this workspace has started meanwhile; nothing was swapped.");
        }
    }

    /// <summary>Creates the indexes of the loaded tables.</summary>
    public async Task IndexAsync(CancellationToken cancellationToken)
    {
        foreach (var table in All)
        {
            await TableCopyStore.IndexAsync(_connection, _database.LiveSchema, _database.NextSchema, table, cancellationToken);
        }
    }

    /// <summary>The sum of the rows in the table, read on a separate connection.</summary>
    public async Task<RowSum> ReadBackAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenAsync(cancellationToken);
        return await Task.Run(() => ReadBack(connection), cancellationToken);
    }

    /// <summary>Commits the generation: from here on it follows the log with its own cursor.</summary>
    public async Task CommitAsync(
        long generation,
        ProjectionProgress progress,
        GenerationNumbers numbers,
        RowSum sum,
        string drift,
        CancellationToken cancellationToken
    )
    {
        var schema = _database.NextSchema;
        foreach (var table in All)
        {
            await TableCopyStore.KeyAsync(_connection, _database.LiveSchema, schema, table, cancellationToken);
        }

        await ExecuteAsync(
            $"insert into {schema}.mt_event_progression (name, last_seq_id) values ('{MembershipStore.Projection}', "
                + $"{progress.Position.Value});"
                + $"insert into {schema}.projection_counts (name, changed_pos, applied, superseded) "
                + $"values ('{MembershipStore.Projection}', "
                + $"{progress.ChangedPos}, {progress.Applied}, {progress.Superseded})",
            cancellationToken
        );
        await using (
            var command = Sql.Command(
                _connection,
                FollowingSql,
                Sql.Of(generation),
                Sql.Of(progress.Position.Value),
                Sql.Of(numbers.Seen),
                Sql.Of(numbers.Base),
                Sql.Of(numbers.Filled),
                Sql.Of(sum.Count),
                Sql.Of(sum.Checksum),
                Sql.Of(drift)
            )
        )
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await ExecuteAsync("commit", cancellationToken);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private RowSum ReadBack(NpgsqlConnection connection)
    {
        using var stream = connection.BeginRawBinaryCopy(
            $"copy {_database.NextSchema}.membership ({MembershipCopy.Columns}) to stdout (format binary)"
        );
        var (tuples, sum) = (new CopyTuples(stream), default(RowSum));
        while (tuples.Next())
        {
            sum.Add(tuples.Whole());
        }

        return sum;
    }

    private Task ExecuteAsync(string sql, CancellationToken cancellationToken) =>
        GenerationSchemaStore.ExecuteAsync(_connection, sql, cancellationToken);
}
