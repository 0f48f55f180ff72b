using System.Buffers.Binary;
using AudienceSync.Domain.Events;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Ingest.Bodies;

/// <summary>
/// Finds what a sender sent by the position of an event in it, for replay and forensics. The bodies of a commit are in one box in the order
/// of their requests, each with the number of positions it brought; events that the engine itself appended in that commit come last.
/// </summary>
public sealed class BodyArchiveStore(WorkspaceDatabase database, BodySeal seal)
{
    private const int HeadBytes = 8;

    private const string BoxSql = """
        select b.received_at, b.first_position, b.last_position, b.key_version, b.cipher from raw_bodies b
        where b.first_position <= $1 order by b.first_position desc limit 1
        """;

    private const string ReportBoxSql = """
        select b.received_at, b.first_position, b.last_position, b.key_version, b.cipher from reporting_bodies b
        where b.first_position <= $1 order by b.first_position desc limit 1
        """;

    private const string EventSql = "select seq_id from mt_events where id = $1";

    /// <summary>
    /// The body that brought an event. Null when no body is kept for it: an unknown event, one that did not come from a sender, one whose
    /// day has been dropped, or one of a person who has been erased.
    /// </summary>
    public async Task<byte[]?> FindAsync(EventId id, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, EventSql, Sql.Of(id.Value));
        return
            await command.ExecuteScalarAsync(cancellationToken) is long position
            && await FindAsync(new Position(position), cancellationToken) is { Length: > 0 } body
            ? body
            : null;
    }

    /// <summary>
    /// Null when the event at this position did not come from a sender, or its day has been dropped. A report is in the box of reports, and
    /// has no bytes in the other one.
    /// </summary>
    public async Task<byte[]?> FindAsync(Position position, CancellationToken cancellationToken)
    {
        var body = await FindAsync(BoxSql, position, cancellationToken);
        return body is { Length: > 0 } ? body : await FindAsync(ReportBoxSql, position, cancellationToken) ?? body;
    }

    private async Task<byte[]?> FindAsync(string sql, Position position, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, sql, Sql.Of(position.Value));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken) || reader.GetInt64(2) < position.Value)
        {
            return null;
        }

        var box = seal.Open(new DateTimeOffset(reader.GetDateTime(0)), reader.GetInt16(3), reader.GetFieldValue<byte[]>(4));
        return Split(box, position.Value - reader.GetInt64(1));
    }

    private static byte[]? Split(ReadOnlySpan<byte> box, long place)
    {
        while (!box.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(box[4..]);
            place -= BinaryPrimitives.ReadInt32LittleEndian(box);
            if (place < 0)
            {
                return box.Slice(HeadBytes, length).ToArray();
            }

            box = box[(HeadBytes + length)..];
        }

        return null;
    }
}
