using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using Npgsql;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>Called once for each event of the log.</summary>
public delegate void LogVisitor(ScannedEvent passing);

/// <summary>
/// The log and the live generation at one point in time: everything is read in one transaction with one snapshot, so that a difference
/// between the two is real and not just a later write. The log is read in order through the index on its position.
/// </summary>
public sealed class LogSnapshotQueries : IAsyncDisposable
{
    private const int EventsBetweenCancellationChecks = 4_096;

    // Same condition as the partial index (0026), so that a long log with few links is not read twice.
    private const string LinksSql = $"select stream_id, data from mt_events where type = '{EventTypes.Linked}' order by seq_id";

    private readonly NpgsqlConnection _connection;

    private LogSnapshotQueries(NpgsqlConnection connection) => _connection = connection;

    /// <summary>The position of the last event in the snapshot.</summary>
    public long Head { get; private set; }

    /// <summary>The progress of the live generation in the snapshot.</summary>
    public ProjectionProgress Live { get; private set; }

    public static async Task<LogSnapshotQueries> OpenAsync(GenerationSchemaStore database, CancellationToken cancellationToken)
    {
        var connection = await database.OpenAsync(cancellationToken);
        await GenerationSchemaStore.ExecuteAsync(
            connection,
            "begin isolation level repeatable read read only; set local enable_sort = off; set local enable_seqscan = off; "
                // It holds no lock that a writer waits for, and between two reads a fold may take minutes.
                + "set local idle_in_transaction_session_timeout = 0",
            cancellationToken
        );
        var snapshot = new LogSnapshotQueries(connection);
        await using var command = new NpgsqlCommand(
            "select coalesce((select max(seq_id) from mt_events), 0), p.last_seq_id, c.changed_pos, c.applied, c.superseded "
                + "from mt_event_progression p join projection_counts c on c.name = p.name where p.name = 'membership:All'",
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        snapshot.Head = reader.GetInt64(0);
        snapshot.Live = new ProjectionProgress(
            new Position(reader.GetInt64(1)),
            reader.GetInt64(2),
            reader.GetInt64(3),
            reader.GetInt64(4)
        );
        return snapshot;
    }

    /// <summary>The present owner of each linked person, by the last link event of each.</summary>
    public async Task<Dictionary<PersonId, PersonId>> ReadLinksAsync(CancellationToken cancellationToken)
    {
        var links = new Dictionary<PersonId, PersonId>();
        await using var command = new NpgsqlCommand(LinksSql, _connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            links[new PersonId(reader.GetGuid(0))] = (
                (PersonLinked)EventJson.Read(EventTypes.Linked, reader.GetFieldValue<byte[]>(1))
            ).Owner;
        }

        return links;
    }

    /// <summary>Every event, in the order of positions.</summary>
    public void ReadEvents(LogVisitor visit, CancellationToken cancellationToken)
    {
        using var stream = _connection.BeginRawBinaryCopy(
            $"copy (select {ScannedEvent.Columns} from mt_events order by seq_id) to stdout (format binary)"
        );
        var tuples = new CopyTuples(stream);
        for (var n = 1; tuples.Next(); n++)
        {
            visit(new ScannedEvent(tuples));
            if (n % EventsBetweenCancellationChecks == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Every row of the live generation, or of one key of it.</summary>
    public void ReadRows(int? keyId, Action<MembershipRow> visit, CancellationToken cancellationToken)
    {
        var only = keyId is { } one ? $" where key_id = {one}" : "";
        using var stream = _connection.BeginRawBinaryCopy(
            $"copy (select {MembershipCopy.Columns} from membership{only}) to stdout (format binary)"
        );
        var tuples = new CopyTuples(stream);
        for (var n = 1; tuples.Next(); n++)
        {
            visit(MembershipCopy.Read(tuples));
            if (n % EventsBetweenCancellationChecks == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
