using AudienceSync.Domain.Events;
using AudienceSync.Host.Storage.Log;
using Npgsql;
using NpgsqlTypes;

namespace AudienceSync.Host.Storage.Erasure;

/// <summary>
/// Appends one event to the stream of each anchor of a person, in a transaction that changes people. It runs under the append lock and
/// draws positions, so every Host's identity cache detects that another process appended, and is discarded.
/// </summary>
internal static class PersonEvents
{
    /// <summary>Returns the position of the last of them.</summary>
    /// <param name="name">Together with the anchor, what the event's id is derived from.</param>
    public static async Task<long> AppendAsync(
        NpgsqlConnection connection, WorkspaceDatabase database, Guid[] anchors, string name, IStoredEvent stored, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var versions = await VersionsAsync(connection, anchors, now, cancellationToken);
        var data = EventJson.Write(stored);
        await using var readHead = Sql.Command(connection, AppendSql.Head);
        var head = (long)(await readHead.ExecuteScalarAsync(cancellationToken))!;
        await using var commands = new NpgsqlBatch(connection);
        commands.BatchCommands.Add(Sql.Command(
            AppendSql.Events,
            Sql.Of(versions.ConvertAll(one => EventId.Derive("audiencesync", $"{name}/{one.Anchor}").Value)),
            Sql.Of(versions.ConvertAll(one => one.Anchor)),
            Sql.Of(versions.ConvertAll(one => one.Version)),
            new NpgsqlParameter { Value = versions.ConvertAll(_ => data), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
            Sql.Of(versions.ConvertAll(_ => EventTypes.AliasOf(stored))),
            Sql.Of(now.UtcDateTime),
            Sql.Of(head)));
        commands.BatchCommands.Add(Sql.Command(AppendSql.Draw, Sql.Of((long)versions.Count)));
        commands.BatchCommands.Add(Sql.Command(AppendSql.Notify, Sql.Of(database.Channel)));
        await commands.ExecuteNonQueryAsync(cancellationToken);
        return head + versions.Count;
    }

    private static async Task<List<(Guid Anchor, long Version)>> VersionsAsync(
        NpgsqlConnection connection, Guid[] anchors, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var versions = new List<(Guid, long)>(anchors.Length);
        await using var command = Sql.Command(connection, ErasureSql.Streams, Sql.Of(anchors), Sql.Of(now));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            versions.Add((reader.GetGuid(0), reader.GetInt64(1)));
        }

        return versions;
    }
}
