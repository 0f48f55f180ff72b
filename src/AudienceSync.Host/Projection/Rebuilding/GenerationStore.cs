using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>The state rows of rebuilds. Only the holder of the rebuild lock writes them.</summary>
public sealed class GenerationStore(GenerationSchemaStore database)
{
    private const string LastSql = """
        select generation, kind, key_id, phase, layout, position, head, seen, base, filled, row_count, checksum, drift, rechecked,
          started_at, ended_at
        from generations order by generation desc limit 1
        """;

    private const string BeginSql =
        "insert into generations (kind, key_id, phase, layout) values ($1, $2, 'filling', $3) returning generation";

    private const string ReadSql = "update generations set position = $2, head = $3 where generation = $1";

    private const string DropSql = "update generations set phase = 'dropped', ended_at = now() where generation = $1";

    private const string FormerSql = "select to_regclass($1) is not null";

    /// <summary>The last generation that was started; null when there is none.</summary>
    public async Task<Generation?> LastAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = Sql.Command(connection, LastSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return !await reader.ReadAsync(cancellationToken)
            ? null
            : new Generation(
                reader.GetInt64(0),
                reader.GetString(1),
                reader.IsDBNull(2) ? null : reader.GetInt32(2),
                reader.GetString(3),
                reader.GetString(4)
            )
            {
                Position = reader.GetInt64(5),
                Head = reader.GetInt64(6),
                Numbers = new GenerationNumbers(reader.GetInt64(7), reader.GetInt64(8), reader.GetInt64(9)),
                Rows = reader.GetInt64(10),
                Checksum = reader.GetInt64(11),
                Drift = reader.GetString(12),
                Rechecked = reader.GetInt64(13),
                StartedAt = new DateTimeOffset(reader.GetDateTime(14)),
                EndedAt = reader.TimeOrNull(15),
            };
    }

    /// <summary>Whether the former generation is still kept.</summary>
    public async Task<bool> HasFormerAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = Sql.Command(connection, FormerSql, Sql.Of(database.FormerSchema + ".membership"));
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The last schema file applied.</summary>
    public async Task<string> LayoutAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await TableCopyStore.LayoutAsync(connection, cancellationToken);
    }

    public async Task<long> BeginAsync(string kind, int? keyId, string layout, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = Sql.Command(
            connection,
            BeginSql,
            Sql.Of(kind),
            new NpgsqlParameter { Value = keyId is { } id ? id : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer },
            Sql.Of(layout)
        );
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Stores the read progress for status output.</summary>
    public async Task ReadToAsync(long generation, long position, long head, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = Sql.Command(connection, ReadSql, Sql.Of(generation), Sql.Of(position), Sql.Of(head));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Drops a generation that never went live, with its tables.</summary>
    public async Task DropAsync(long generation, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await GenerationSchemaStore.ExecuteAsync(connection, "begin", cancellationToken);
        await TableCopyStore.DropAsync(connection, database.NextSchema, cancellationToken);
        await using (var command = Sql.Command(connection, DropSql, Sql.Of(generation)))
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await GenerationSchemaStore.ExecuteAsync(connection, "commit", cancellationToken);
    }
}
