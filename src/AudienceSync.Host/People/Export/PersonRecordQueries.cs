using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.People.Erasure;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.People.Export;

/// <summary>One revision of an anchor, opened. <paramref name="Opened"/> is null when it does not open.</summary>
public sealed record HeldRevision(PersonId Person, int Revision, DateTimeOffset RecordedAt, IdentifierRevision? Opened)
{
    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => "HeldRevision(***)";
}

/// <summary>One event of a person. <paramref name="Data"/> is its JSON in UTF-8.</summary>
public sealed record HeldEvent(long Position, Guid Id, Guid Person, string Type, DateTimeOffset RecordedAt, byte[] Data);

/// <summary>Reads everything that is kept about a person, row by row: some people have a long history.</summary>
public sealed class PersonRecordQueries(WorkspaceDatabase database, Vault vault)
{
    private const string RevisionsSql = """
        select v.person, v.revision, v.created_at, p.salt, v.key_version, v.cipher
        from unnest($1::uuid[]) as d(person) join people p on p.person = d.person join vault v on v.person = d.person
          order by v.person, v.revision
        """;

    private const string EventsSql = """
        select e.seq_id, e.id, e.stream_id, e.type, e.timestamp, e.data
        from unnest($1::uuid[]) as d(stream_id) join mt_events e on e.stream_id = d.stream_id order by e.seq_id
        """;

    private const string DeliveriesSql = $"""
        select {ErasureSql.RemovalColumns} from {ErasureSql.Recipients} order by b.destination, b.audience, b.remote, l.updated_at
        """;

    private const string ExposuresSql = """
        select to_jsonb(e)::text from unnest($1::uuid[]) as d(person)
        join exposure_people p on p.person = d.person join exposure_events e on e.person_key = p.person_key order by e.position
        """;

    /// <summary>The rows of the exposure log about a person, as JSON.</summary>
    public async IAsyncEnumerable<string> ExposuresAsync(
        Guid[] anchors,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(database.Query, ExposuresSql, Sql.Of(anchors));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return reader.GetString(0);
        }
    }

    public async IAsyncEnumerable<HeldRevision> RevisionsAsync(
        Guid[] anchors,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(database.Query, RevisionsSql, Sql.Of(anchors));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (person, revision) = (new PersonId(reader.GetGuid(0)), reader.GetInt32(1));
            var opened = vault.TryOpen(
                person,
                revision,
                reader.GetInt16(4),
                reader.GetFieldValue<byte[]>(3),
                reader.GetFieldValue<byte[]>(5)
            );
            yield return new HeldRevision(person, revision, new DateTimeOffset(reader.GetDateTime(2)), opened);
        }
    }

    public async IAsyncEnumerable<HeldEvent> EventsAsync(
        Guid[] anchors,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(database.Query, EventsSql, Sql.Of(anchors));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return new HeldEvent(
                reader.GetInt64(0),
                reader.GetGuid(1),
                reader.GetGuid(2),
                reader.GetString(3),
                new DateTimeOffset(reader.GetDateTime(4)),
                reader.GetFieldValue<byte[]>(5)
            );
        }
    }

    /// <summary>Every remote audience that received the person, as the ledger has it now.</summary>
    public async Task<List<ErasureRemoval>> DeliveriesAsync(Guid[] anchors, CancellationToken cancellationToken)
    {
        var deliveries = new List<ErasureRemoval>();
        await using var command = Sql.Command(database.Query, DeliveriesSql, Sql.Of(anchors));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            deliveries.Add(ErasureStore.Removal(reader));
        }

        return deliveries;
    }
}
