using AudienceSync.Domain.Events;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Ingest.Quarantine;

/// <summary>A quarantined webhook as shown to operators: everything except its body.</summary>
public sealed record QuarantineView(
    Guid Id,
    string Source,
    bool Refused,
    string Reason,
    string Detail,
    string? AudienceKey,
    DateTimeOffset FirstSeenAt,
    DateTimeOffset LastSeenAt,
    int Seen,
    int BodyBytes,
    string State
);

/// <summary>An entry with its sealed body, and the id that its event would have.</summary>
public sealed record KeptEntry(QuarantineView View, EventId? EventId, short KeyVersion, byte[] Cipher);

/// <summary>Queries of the quarantine.</summary>
public sealed class QuarantineQueries(WorkspaceDatabase database)
{
    private const string Columns =
        "id, source, refused, reason, detail, audience_key, first_seen_at, last_seen_at, seen, body_bytes, state";

    private const string ListSql = $"""
        select {Columns} from quarantine where state = 1 and ($2::text is null or reason = $2) order by last_seen_at desc, id limit $1
        """;

    private const string HeldOfSql = """
        select id from quarantine
        where state = 1 and not refused and source = any($1) and last_seen_at >= $2 and first_seen_at < $3 and id > $4 order by id limit $5
        """;

    private const string FindSql = $"select {Columns}, event_id, key_version, cipher from quarantine where id = $1";

    private const string WaitingSql =
        "select id from quarantine where state = 1 and not refused and reason = $1 order by first_seen_at, id limit $2";

    private const string RemovalsSql = """
        select q.id from quarantine q where q.state = 1 and q.removal and q.source = any($1)
          and exists (select from audience_keys k where k.audience_key = q.audience_key)
        order by q.first_seen_at, q.id limit $2
        """;

    private const string LeaveSql = "update quarantine set removal = false where id = $1";

    private const string CloseSql = "update quarantine set state = $2 where id = $1 and state = 1";

    /// <summary>Open entries, latest first; only those of one reason when it is given.</summary>
    public async Task<IReadOnlyList<QuarantineView>> ListAsync(int limit, string? reason, CancellationToken cancellationToken)
    {
        var entries = new List<QuarantineView>();
        await using var command = Sql.Command(database.Query, ListSql, Sql.Of(limit), Sql.OfNullable(reason));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            entries.Add(View(reader));
        }

        return entries;
    }

    /// <summary>Null when there is none.</summary>
    public async Task<KeptEntry?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, FindSql, Sql.Of(id));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new KeptEntry(
                View(reader),
                reader.IsDBNull(11) ? null : new EventId(reader.GetGuid(11)),
                reader.GetInt16(12),
                reader.GetFieldValue<byte[]>(13)
            )
            : null;
    }

    /// <summary>Entries that could be released, the oldest first.</summary>
    public async Task<List<Guid>> WaitingAsync(string reason, int limit, CancellationToken cancellationToken)
    {
        var waiting = new List<Guid>();
        await using var command = Sql.Command(database.Query, WaitingSql, Sql.Of(reason), Sql.Of(limit));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            waiting.Add(reader.GetGuid(0));
        }

        return waiting;
    }

    /// <summary>Held entries of some sources that were received within a period, by their ids.</summary>
    /// <param name="sources">The senders.</param>
    /// <param name="from">The start of the period.</param>
    /// <param name="to">Its end, which does not belong to it.</param>
    /// <param name="after">The last id of the page before.</param>
    /// <param name="limit">The most entries.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<List<Guid>> HeldOfAsync(
        string[] sources,
        DateTimeOffset from,
        DateTimeOffset to,
        Guid after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var held = new List<Guid>();
        await using var command = Sql.Command(
            database.Query,
            HeldOfSql,
            Sql.Of(sources),
            Sql.Of(from),
            Sql.Of(to),
            Sql.Of(after),
            Sql.Of(limit)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            held.Add(reader.GetGuid(0));
        }

        return held;
    }

    /// <summary>Removals whose key has been published meanwhile, the oldest first.</summary>
    public async Task<List<Guid>> RemovalsAsync(IReadOnlyList<string> sources, int limit, CancellationToken cancellationToken)
    {
        var waiting = new List<Guid>();
        await using var command = Sql.Command(database.Query, RemovalsSql, Sql.Of(sources.ToArray()), Sql.Of(limit));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            waiting.Add(reader.GetGuid(0));
        }

        return waiting;
    }

    /// <summary>Leaves a removal to an operator, like any other entry.</summary>
    public async Task LeaveAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, LeaveSql, Sql.Of(id));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>False when it is not open.</returns>
    public async Task<bool> CloseAsync(Guid id, string state, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, CloseSql, Sql.Of(id), Sql.Of(QuarantineStates.NumberOf(state)));
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static QuarantineView View(NpgsqlDataReader reader) =>
        new(
            reader.GetGuid(0),
            reader.GetString(1),
            reader.GetBoolean(2),
            reader.GetString(3),
            reader.GetString(4),
            reader.TextOrNull(5),
            new DateTimeOffset(reader.GetDateTime(6)),
            new DateTimeOffset(reader.GetDateTime(7)),
            reader.GetInt32(8),
            reader.GetInt32(9),
            QuarantineStates.Of(reader.GetInt16(10))
        );
}
