using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Host.Storage.Log;
using Npgsql;
using NpgsqlTypes;

namespace AudienceSync.Host.Storage.Audiences;

/// <summary>
/// Publishes audience keys: the event on the audience's stream and the row by which everything refers to the key, in one transaction under
/// the log's lock. A key is published once; publishing the same again changes nothing, publishing it with another window is refused.
/// </summary>
public sealed class AudienceKeyTable(WorkspaceDatabase database, TimeProvider clock)
{
    private const string SelectSql = "select key_id, audience_key, window_s from audience_keys order by key_id";

    private const string InsertSql = """
        insert into audience_keys (audience_key, audience, version, window_s, purpose, owner, definition, published_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    private const string StreamSql = """
        insert into mt_streams (id, type, version, timestamp, created) values ($1, 'audience', 1, $2, $2)
        on conflict (id) do update set version = mt_streams.version + 1, timestamp = excluded.timestamp
        """;

    private const string EventSql = """
        insert into mt_events (id, stream_id, version, data, type, timestamp)
        select $1, $2, s.version, $3, $4, $5 from mt_streams s where s.id = $2
        """;

    public async Task<AudienceKeys> ReadAsync(CancellationToken cancellationToken)
    {
        var keys = new List<PublishedKey>();
        await using var command = Sql.Command(database.Query, SelectSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (AudienceKey.TryParse(reader.GetString(1), out var key))
            {
                keys.Add(new PublishedKey(reader.GetInt32(0), key, reader.IsDBNull(2) ? null : TimeSpan.FromSeconds(reader.GetInt64(2))));
            }
        }

        return new AudienceKeys(keys);
    }

    /// <exception cref="AudienceKeyChangedException">The key was published with another window.</exception>
    public async Task<AudienceKeys> PublishAsync(IReadOnlyList<AudienceKeyPublished> wanted, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, AppendSql.Lock, [Sql.Of(EventLog.LockKeyOf(database.Workspace))], cancellationToken);
        var known = await ReadAsync(cancellationToken);
        foreach (var publish in wanted)
        {
            if (known.ByName(publish.AudienceKey.Value) is { } before)
            {
                Refuse(publish, before);
                continue;
            }

            await PublishAsync(connection, publish, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    private static void Refuse(AudienceKeyPublished publish, PublishedKey before)
    {
        if (before.Window != (publish.WindowS is { } window ? TimeSpan.FromSeconds(window) : null))
        {
            throw new AudienceKeyChangedException(publish.AudienceKey);
        }
    }

    private async Task PublishAsync(NpgsqlConnection connection, AudienceKeyPublished publish, CancellationToken cancellationToken)
    {
        var key = publish.AudienceKey;
        var now = clock.GetUtcNow();
        await ExecuteAsync(
            connection,
            InsertSql,
            [
                Sql.Of(key.Value), Sql.Of(key.Audience), Sql.Of(key.Version), Sql.OfNullable(publish.WindowS), Sql.OfNullable(publish.Purpose),
                Sql.OfNullable(publish.Owner), Sql.OfNullable(publish.Definition), Sql.Of(now),
            ],
            cancellationToken);
        var stream = EventId.Derive("audience", key.Audience).Value;
        await ExecuteAsync(connection, StreamSql, [Sql.Of(stream), Sql.Of(now)], cancellationToken);
        await ExecuteAsync(
            connection,
            EventSql,
            [
                Sql.Of(EventId.Derive("audience", key.Value).Value), Sql.Of(stream),
                new NpgsqlParameter { Value = EventJson.Write(publish), NpgsqlDbType = NpgsqlDbType.Jsonb },
                Sql.Of(EventTypes.KeyPublished), Sql.Of(now),
            ],
            cancellationToken);
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(connection, sql, parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
