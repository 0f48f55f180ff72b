using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Host.Storage.Cutover;
using AudienceSync.Host.Storage.Log;
using Npgsql;
using NpgsqlTypes;

namespace AudienceSync.Host.Storage.Audiences;

/// <summary>An audience folded from its stream, with the stream's version, on which the next change must be based.</summary>
public sealed record StoredAudience(Audience Audience, long Version);

/// <summary>A change of the registry: what, when, and its position in the stream and in the log.</summary>
public sealed record RegistryChange(IRegistryEvent Event, string Type, long Version, long Position, DateTimeOffset At);

/// <summary>
/// The audience streams. Events and the rows that follow from them are one transaction under the append lock, so no reader sees one without
/// the other.
/// <para>
/// <b>Optimistic.</b> An append names the version of the stream on which it was decided. After another change in between, the version
/// numbers are already taken: the unique index on stream and version refuses the transaction, and the writer reads again and decides again.
/// </para>
/// </summary>
public sealed class RegistryTable(WorkspaceDatabase database, TimeProvider clock)
{
    /// <summary>Payload of the workspace's notification: keys may have changed.</summary>
    public const string Payload = "registry";

    private readonly AppendLock _lock = new(database, new StalledHolders(database), clock);

    private const string TakenState = "23505";

    private const string StreamSql = "select version, seq_id, type, data, timestamp from mt_events where stream_id = $1 order by version";

    private const string NamesSql = "select audience from audiences order by audience";

    private const string HeadSql = """
        insert into mt_streams (id, type, version, timestamp, created) values ($1, 'audience', $2, $3, $3)
        on conflict (id) do update set version = excluded.version, timestamp = excluded.timestamp
        """;

    private const string EventSql = "insert into mt_events (id, stream_id, version, data, type, timestamp) values ($1, $2, $3, $4, $5, $6) returning seq_id";

    public async Task<List<string>> ReadNamesAsync(CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await using var command = Sql.Command(database.Query, NamesSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    public async Task<StoredAudience> ReadAsync(string audience, CancellationToken cancellationToken)
    {
        var history = await HistoryAsync(audience, cancellationToken);
        return new StoredAudience(Audience.Fold(audience, history.Select(change => change.Event)), history.Count == 0 ? 0 : history[^1].Version);
    }

    /// <summary>All changes of an audience, in order.</summary>
    public async Task<List<RegistryChange>> HistoryAsync(string audience, CancellationToken cancellationToken)
    {
        var history = new List<RegistryChange>();
        await using var command = Sql.Command(database.Query, StreamSql, Sql.Of(StreamOf(audience)));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var type = reader.GetString(2);
            if (EventJson.Read(type, reader.GetFieldValue<byte[]>(3)) is IRegistryEvent stored)
            {
                var at = new DateTimeOffset(reader.GetDateTime(4));
                history.Add(new RegistryChange(stored, EventUpcasters.CurrentAlias(type), reader.GetInt64(0), reader.GetInt64(1), at));
            }
        }

        return history;
    }

    /// <summary>When its versions drained, and their late events.</summary>
    public Task<IReadOnlyList<ShownDrain>> DrainsAsync(string audience, CancellationToken cancellationToken) =>
        new DrainTable(database).ShowAsync(audience, cancellationToken);

    /// <summary>
    /// Appends events decided on this state. False when the stream has advanced meanwhile: nothing was written; read and decide again.
    /// </summary>
    /// <exception cref="RegistryException">binding_taken, destination_unknown</exception>
    public async Task<bool> TryAppendAsync(StoredAudience basis, IReadOnlyList<IRegistryEvent> events, CancellationToken cancellationToken)
    {
        return await _lock.RunAsync((connection, token) => AppendAsync(connection, basis, events, token), cancellationToken);
    }

    // Runs under the append lock.
    private async Task<bool> AppendAsync(
        NpgsqlConnection connection, StoredAudience basis, IReadOnlyList<IRegistryEvent> events, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var stream = StreamOf(basis.Audience.Name);
        var positions = new List<long>(events.Count);
        try
        {
            await ExecuteAsync(connection, Sql.Command(HeadSql, Sql.Of(stream), Sql.Of(basis.Version + events.Count), Sql.Of(now)), cancellationToken);
            for (var i = 0; i < events.Count; i++)
            {
                await using var batch = new NpgsqlBatch(connection) { BatchCommands = { EventCommand(events[i], stream, basis.Version + 1 + i, now) } };
                positions.Add((long)(await batch.ExecuteScalarAsync(cancellationToken))!);
            }
        }
        catch (PostgresException taken) when (taken.SqlState == TakenState)
        {
            return false;
        }

        var rows = new RegistryRows(connection, now);
        var audience = basis.Audience;
        foreach (var (stored, position) in events.Zip(positions))
        {
            await rows.WriteAsync(stored, cancellationToken);
            var before = audience;
            audience = before.Apply(stored);
            await rows.WriteDrainsAsync(before, audience, position, cancellationToken);
        }

        await ExecuteAsync(connection, Sql.Command(NotifySql, Sql.Of(database.Channel), Sql.Of(Payload)), cancellationToken);
        return true;
    }

    private const string NotifySql = "select pg_notify($1, $2)";

    private static Guid StreamOf(string audience) => EventId.Derive("audience", audience).Value;

    /// <summary>
    /// The id of the event that published a key. Derived from the key's name, so that not even two streams could publish it twice.
    /// </summary>
    internal static EventId IdOf(AudienceKey key) => EventId.Derive("audience", key.Value);

    // The id of any other event is derived from its position in the stream.
    private static NpgsqlBatchCommand EventCommand(IRegistryEvent stored, Guid stream, long version, DateTimeOffset now) => Sql.Command(
        EventSql,
        Sql.Of((stored is AudienceKeyPublished published ? IdOf(published.AudienceKey) : EventId.Derive("audience", $"{stored.Audience}#{version}")).Value),
        Sql.Of(stream),
        Sql.Of(version),
        new NpgsqlParameter { Value = EventJson.Write(stored), NpgsqlDbType = NpgsqlDbType.Jsonb },
        Sql.Of(EventTypes.AliasOf(stored)),
        Sql.Of(now));

    internal static async Task<int> ExecuteAsync(NpgsqlConnection connection, NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
