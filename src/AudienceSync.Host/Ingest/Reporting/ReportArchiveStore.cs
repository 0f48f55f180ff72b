using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using AudienceSync.Domain.Events;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Ingest.Reporting;

/// <summary>A stored report.</summary>
/// <param name="Source">Its sender; null when its event is not in the log.</param>
/// <param name="ReceivedAt">When it was committed.</param>
/// <param name="Body">As it was sent.</param>
public readonly record struct StoredReport(string? Source, DateTimeOffset ReceivedAt, byte[] Body);

/// <summary>Reads stored reports in the order in which they were received, a commit at a time.</summary>
public sealed class ReportArchiveStore(WorkspaceDatabase database, BodySeal seal)
{
    private const int HeadBytes = 8;

    private const string NextSql = """
        select b.received_at, b.first_position, b.last_position, b.key_version, b.cipher from reporting_bodies b
        where b.received_at >= $1 and b.received_at < $2 and b.first_position > $3 and b.first_position <= $4
        order by b.first_position limit 1
        """;

    private const string NewestSql = "select coalesce(max(b.first_position), 0) from reporting_bodies b";

    private const string SourcesSql = """
        select e.seq_id, e.data->>'source' from mt_events e where e.seq_id between $1 and $2 and e.type = $3
        """;

    /// <summary>The reports that were received within a period and whose day has not been dropped.</summary>
    /// <param name="from">The start.</param>
    /// <param name="to">The end, which does not belong to it.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async IAsyncEnumerable<StoredReport> ReadAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var last = 0L;
        var newest = await NewestAsync(cancellationToken);
        while (await NextAsync(from, to, (last, newest), cancellationToken) is { } row)
        {
            last = row.First;
            var sources = await SourcesAsync(row.First, row.Last, cancellationToken);
            var box = seal.Open(row.ReceivedAt, row.KeyVersion, row.Cipher);
            foreach (var (place, body) in Split(box))
            {
                yield return new StoredReport(sources.GetValueOrDefault(row.First + place), row.ReceivedAt, body);
            }
        }
    }

    // What a replay appends is stored as well, and is not part of it.
    private async Task<long> NewestAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, NewestSql);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<(DateTimeOffset ReceivedAt, long First, long Last, short KeyVersion, byte[] Cipher)?> NextAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        (long After, long UpTo) positions,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            database.Query,
            NextSql,
            Sql.Of(from),
            Sql.Of(to),
            Sql.Of(positions.After),
            Sql.Of(positions.UpTo)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (
                new DateTimeOffset(reader.GetDateTime(0)),
                reader.GetInt64(1),
                reader.GetInt64(2),
                reader.GetInt16(3),
                reader.GetFieldValue<byte[]>(4)
            )
            : null;
    }

    private async Task<Dictionary<long, string>> SourcesAsync(long first, long last, CancellationToken cancellationToken)
    {
        var sources = new Dictionary<long, string>();
        await using var command = Sql.Command(database.Query, SourcesSql, Sql.Of(first), Sql.Of(last), Sql.Of(EventTypes.OutcomeRecorded));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            sources.Add(reader.GetInt64(0), reader.GetString(1));
        }

        return sources;
    }

    // A report brings one event; what has no bytes is of another sender, or of a person who has been erased.
    private static List<(long Place, byte[] Body)> Split(ReadOnlySpan<byte> box)
    {
        var bodies = new List<(long, byte[])>();
        var place = 0L;
        while (!box.IsEmpty)
        {
            var events = BinaryPrimitives.ReadInt32LittleEndian(box);
            var length = BinaryPrimitives.ReadInt32LittleEndian(box[4..]);
            if (length > 0)
            {
                bodies.Add((place, box.Slice(HeadBytes, length).ToArray()));
            }

            place += events;
            box = box[(HeadBytes + length)..];
        }

        return bodies;
    }
}
