using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.People.Erasure;

/// <summary>
/// Removes a person from the raw bodies that are kept. They are found by the positions of the person's events, and the request that
/// contained one is emptied completely. Each row is a transaction of its own, together with the count in the receipt, so a second pass
/// continues one that was interrupted. For quarantined bodies see <see cref="QuarantinedBodyStore"/>.
/// </summary>
public sealed class KeptBodyStore(WorkspaceDatabase database, BodySeal seal, TimeProvider clock)
{
    private const string PositionsSql = """
        select e.seq_id from unnest($1::uuid[]) as d(stream_id) join mt_events e on e.stream_id = d.stream_id and e.timestamp >= $2
          order by e.seq_id
        """;

    private const string BoxSql = """
        select b.received_at, b.first_position, b.last_position, b.key_version, b.cipher from raw_bodies b
        where b.first_position <= $1 order by b.first_position desc limit 1
        """;

    private const string ReportBoxSql = """
        select b.received_at, b.first_position, b.last_position, b.key_version, b.cipher from reporting_bodies b
        where b.first_position <= $1 order by b.first_position desc limit 1
        """;

    private const string EmptyReportSql = """
        with emptied as (
          update reporting_bodies set cipher = $4, key_version = $5
          where received_at = $1 and first_position = $2 and cipher = $3 returning 1)
        update erasures set bodies = bodies + $6 where erasure = $7 and exists (select from emptied)
        """;

    private const string EmptySql = """
        with emptied as (
          update raw_bodies set cipher = $4, key_version = $5 where received_at = $1 and first_position = $2 and cipher = $3 returning 1)
        update erasures set bodies = bodies + $6 where erasure = $7 and exists (select from emptied)
        """;

    /// <summary>Empties the raw bodies that contained events of these anchors.</summary>
    public async Task EmptyAsync(Guid erasure, Guid[] anchors, CancellationToken cancellationToken)
    {
        var positions = await PositionsAsync(anchors, cancellationToken);
        foreach (var table in new[] { (BoxSql, EmptySql), (ReportBoxSql, EmptyReportSql) })
        {
            for (var next = 0; next < positions.Count; )
            {
                next = await EmptyBoxAsync(table, erasure, positions, next, cancellationToken);
            }
        }
    }

    private async Task<List<long>> PositionsAsync(Guid[] anchors, CancellationToken cancellationToken)
    {
        var positions = new List<long>();
        var since = clock.GetUtcNow().AddDays(-(Math.Max(BodyPartitionStore.RetentionDays, RetentionSettings.MostReportsD) + 2));
        await using var command = Sql.Command(database.Hot, PositionsSql, Sql.Of(anchors), Sql.Of(since));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            positions.Add(reader.GetInt64(0));
        }

        return positions;
    }

    // Returns the index of the first position after the box.
    private async Task<int> EmptyBoxAsync(
        (string Box, string Empty) table,
        Guid erasure,
        List<long> positions,
        int index,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(database.Hot, table.Box, Sql.Of(positions[index]));
        DateTimeOffset receivedAt;
        (long First, long Last, short KeyVersion, byte[] Cipher) box;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken) || reader.GetInt64(2) < positions[index])
            {
                return index + 1;
            }

            receivedAt = new DateTimeOffset(reader.GetDateTime(0));
            box = (reader.GetInt64(1), reader.GetInt64(2), reader.GetInt16(3), reader.GetFieldValue<byte[]>(4));
        }

        var places = positions.Skip(index).TakeWhile(position => position <= box.Last).Select(position => position - box.First).ToList();
        if (
            seal.TryOpen(receivedAt, box.KeyVersion, box.Cipher) is { } plain
            && BodyBox.Without(plain, places) is (var rest, > 0 and var emptied)
        )
        {
            await using var empty = Sql.Command(
                database.Hot,
                table.Empty,
                Sql.Of(receivedAt),
                Sql.Of(box.First),
                Sql.Of(box.Cipher),
                Sql.Of(seal.Seal(receivedAt, rest)),
                Sql.Of(seal.KeyVersion),
                Sql.Of(emptied),
                Sql.Of(erasure)
            );
            await empty.ExecuteNonQueryAsync(cancellationToken);
        }

        return index + places.Count;
    }
}
