using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.People.Erasure;

/// <summary>Reads erasures, their progress and their receipts.</summary>
public sealed class ErasureStore(WorkspaceDatabase database)
{
    internal const string Columns =
        "e.erasure, e.state, e.asked_by, e.asked_at, e.deadline, e.anchors, e.position, e.tombstones, e.bodies, "
        + "e.quarantined, e.ended_at, e.refused_events, e.last_refused_at";

    private const string OneSql = $"select {Columns} from erasures e where e.erasure = $1";

    private const string ListSql = $"select {Columns} from erasures e order by e.state = 1 desc, e.asked_at desc, e.erasure limit $1";

    private const string WaitingSql = $"select {Columns} from erasures e where e.state = 1 order by e.asked_at, e.erasure";

    private const string OfPersonSql = $"select {Columns} from erasures e where e.anchors && $1 order by e.asked_at";

    private const string CountsSql = """
        select count(*) filter (where state = 1), count(*) filter (where state = 2), count(*) filter (where state = 3),
          min(deadline) filter (where state = 1), coalesce(sum(refused_events), 0)::bigint
        from erasures
        """;

    private const string RemovalsSql = """
        select destination, platform, audience, remote, outcome, call_id, request_id, called_at, removed_at, kept_for_another
          from erasure_removals
        where erasure = $1 order by destination, audience, remote, removed_at
        """;

    private const string ProgressSql = $"""
        select {ErasureSql.RemovalColumns} from {ErasureSql.Recipients} order by b.destination, b.audience, b.remote, l.updated_at
        """;

    public async Task<ErasureRow?> FindAsync(Guid erasure, CancellationToken cancellationToken) =>
        (await ReadAsync(Sql.Command(database.Query, OneSql, Sql.Of(erasure)), cancellationToken)).SingleOrDefault();

    /// <summary>Those that wait first, then the latest.</summary>
    public Task<List<ErasureRow>> ListAsync(int limit, CancellationToken cancellationToken) =>
        ReadAsync(Sql.Command(database.Query, ListSql, Sql.Of(limit)), cancellationToken);

    /// <summary>Those that wait, longest first.</summary>
    public Task<List<ErasureRow>> WaitingAsync(CancellationToken cancellationToken) =>
        ReadAsync(Sql.Command(database.Query, WaitingSql), cancellationToken);

    public Task<List<ErasureRow>> OfPersonAsync(IReadOnlyList<Guid> anchors, CancellationToken cancellationToken) =>
        ReadAsync(Sql.Command(database.Query, OfPersonSql, Sql.Of(anchors.ToArray())), cancellationToken);

    public async Task<ErasureCounts> CountAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, CountsSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new ErasureCounts(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.TimeOrNull(3), reader.GetInt64(4));
    }

    /// <summary>
    /// Every remote audience that received the person: the current state while the erasure waits, the final state in the receipt.
    /// </summary>
    public async Task<List<ErasureRemoval>> RemovalsAsync(ErasureRow erasure, CancellationToken cancellationToken)
    {
        await using var command =
            erasure.State == ErasureState.Waiting
                ? Sql.Command(database.Query, ProgressSql, Sql.Of(erasure.Anchors.ToArray()))
                : Sql.Command(database.Query, RemovalsSql, Sql.Of(erasure.Erasure));
        var removals = new List<ErasureRemoval>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            removals.Add(Removal(reader));
        }

        return removals;
    }

    internal static ErasureRow Row(NpgsqlDataReader reader) =>
        new(
            reader.GetGuid(0),
            (ErasureState)reader.GetInt16(1),
            reader.GetString(2),
            new DateTimeOffset(reader.GetDateTime(3)),
            new DateTimeOffset(reader.GetDateTime(4)),
            reader.GetFieldValue<Guid[]>(5),
            reader.GetInt64(6),
            reader.GetInt32(7),
            reader.GetInt32(8),
            reader.GetInt32(9),
            reader.TimeOrNull(10),
            reader.GetInt64(11),
            reader.TimeOrNull(12)
        );

    internal static ErasureRemoval Removal(NpgsqlDataReader reader) =>
        new(
            reader.GetString(0),
            reader.GetString(1),
            reader.GetString(2),
            reader.GetString(3),
            reader.GetString(4),
            reader.IsDBNull(5) ? null : reader.GetInt64(5),
            reader.TextOrNull(6),
            reader.TimeOrNull(7),
            reader.TimeOrNull(8),
            reader.GetFieldValue<string[]>(9)
        );

    private static async Task<List<ErasureRow>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var rows = new List<ErasureRow>();
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(Row(reader));
            }
        }

        return rows;
    }
}
