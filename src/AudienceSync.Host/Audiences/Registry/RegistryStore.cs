using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Registry;
using JasperFx;
using Npgsql;

namespace AudienceSync.Host.Audiences.Registry;

/// <summary>An audience folded from its stream, with the stream's version, on which the next change must be based.</summary>
public sealed record StoredAudience(Audience Audience, long Version);

/// <summary>A change of the registry: what, when, and its position in the stream and in the log.</summary>
public sealed record RegistryChange(IRegistryEvent Event, string Type, long Version, long Position, DateTimeOffset At);

/// <summary>
/// The audience streams: Marten aggregates, appended to under the append lock; <see cref="AudienceTables"/> writes the rows.
/// <para>
/// <b>Optimistic.</b> An append names the version of the stream on which it was decided. After another change in between, Marten refuses
/// it, and the writer reads again and decides again.
/// </para>
/// </summary>
public sealed class RegistryStore(WorkspaceDatabase database, TimeProvider clock)
{
    private readonly AppendLock _lock = new(database, new StalledHolders(database), clock);

    private const string NamesSql = "select audience from audiences order by audience";

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
        await using var session = database.Store.QuerySession();
        var stream = await session.Events.AggregateStreamAsync<AudienceStream>(AudienceStream.IdOf(audience), token: cancellationToken);
        return stream is null ? new StoredAudience(new Audience(audience), 0) : new StoredAudience(stream.Audience, stream.Version);
    }

    /// <summary>All changes of an audience, in order.</summary>
    public async Task<List<RegistryChange>> HistoryAsync(string audience, CancellationToken cancellationToken)
    {
        await using var session = database.Store.QuerySession();
        var events = await session.Events.FetchStreamAsync(AudienceStream.IdOf(audience), token: cancellationToken);
        return
        [
            .. from stored in events
            where stored.Data is IRegistryEvent
            let change = (IRegistryEvent)stored.Data
            select new RegistryChange(change, EventTypes.AliasOf(change), stored.Version, stored.Sequence, stored.Timestamp),
        ];
    }

    /// <summary>When its versions drained, and their late events.</summary>
    public Task<IReadOnlyList<ShownDrain>> DrainsAsync(string audience, CancellationToken cancellationToken) =>
        new DrainStore(database).ShowAsync(audience, cancellationToken);

    /// <summary>Its experiments, with the sizes of their arms.</summary>
    public Task<IReadOnlyList<ShownExperiment>> ExperimentsAsync(string audience, CancellationToken cancellationToken) =>
        new ExperimentStore(database).ShowAsync(audience, cancellationToken);

    /// <summary>
    /// Appends events decided on this state. False when the stream has advanced meanwhile: nothing was written; read and decide again.
    /// </summary>
    /// <exception cref="RegistryException">binding_taken, destination_unknown</exception>
    public async Task<bool> TryAppendAsync(StoredAudience basis, IReadOnlyList<IRegistryEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            return await _lock.RunAsync((unit, token) => AppendAsync(unit, basis, events, token), cancellationToken);
        }
        catch (ConcurrencyException)
        {
            return false;
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // A key of another stream has the event's id.
            return false;
        }
    }

    // Runs under the append lock.
    private async Task<bool> AppendAsync(
        UnitOfWork unit,
        StoredAudience basis,
        IReadOnlyList<IRegistryEvent> events,
        CancellationToken cancellationToken
    )
    {
        await BindingCheckQueries.RunAsync(unit.Connection, events, cancellationToken);
        var stream = await unit.Session.Events.FetchForWriting<AudienceStream>(
            AudienceStream.IdOf(basis.Audience.Name),
            basis.Version,
            cancellationToken
        );
        stream.AppendMany(events);
        for (var i = 0; i < events.Count; i++)
        {
            stream.Events[i].Id = IdOf(events[i], basis.Version + 1 + i).Value;
        }

        unit.AfterAppending(Sql.Command(NotifySql, Sql.Of(database.Channel), Sql.Of(LogListener.RegistryPayload)));
        return true;
    }

    private const string NotifySql = "select pg_notify($1, $2)";

    /// <summary>
    /// The id of the event that published a key. Derived from the key's name, so that not even two streams could publish it twice.
    /// </summary>
    internal static EventId IdOf(AudienceKey key) => EventId.Derive("audience", key.Value);

    // The id of any other event is derived from its position in the stream.
    private static EventId IdOf(IRegistryEvent stored, long version) =>
        stored is AudienceKeyPublished published ? IdOf(published.AudienceKey) : EventId.Derive("audience", $"{stored.Audience}#{version}");
}
