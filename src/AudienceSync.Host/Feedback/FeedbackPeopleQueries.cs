using System.Security.Cryptography;
using AudienceSync.Connectors.CustomerIo;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Feedback;

/// <summary>A person as a source knows them.</summary>
/// <param name="Root">The person that the given one belongs to now.</param>
/// <param name="Identifier">The identifier to send; null when there is none that the service takes.</param>
/// <param name="Anchors">All anchors of the person.</param>
internal readonly record struct KnownToSource(Guid Root, FeedbackPerson? Identifier, Guid[] Anchors);

/// <summary>
/// Whose person somebody is, and by which identifier their sender knows them. A person belongs to every source that ever sent an event
/// about them. The identifier is the customer id if that source sent one, because a customer id of another source would create a stranger
/// in the sender's workspace; else the email address.
/// <para>
/// <b>Erased people</b> are not found, from the commit of the request on. Identifiers are read right before they are sent, and are only in
/// memory.
/// </para>
/// </summary>
internal sealed class FeedbackPeopleQueries(WorkspaceDatabase database, Vault vault)
{
    // An anchor leads to its person in two steps at most. The streams are those of all anchors of the person.
    private const string PeopleSql = """
        select d.person, r.person as root, r.revision, r.salt, v.key_version, v.cipher, g.by_id, g.anchors
        from unnest($1::uuid[]) as d(person)
        join people p1 on p1.person = d.person
        left join people p2 on p2.person = p1.owner
        cross join lateral (select coalesce(p2.owner, p1.owner, p1.person) as person) root
        join people r on r.person = root.person
        join vault v on v.person = r.person and v.revision = r.revision
        cross join lateral (
          select bool_or(s.sent and a.kind = 1) as by_id, bool_or(s.sent) as by_any, array_agg(a.person) as anchors from (
            select o.person, o.kind from people o where o.person = r.person
            union all select o.person, o.kind from people o where o.owner = r.person
            union all select o.person, o.kind from people m join people o on o.owner = m.person where m.owner = r.person) a
          cross join lateral (
            select exists (select from mt_events e where e.stream_id = a.person and e.data ->> 'source' = $2) as sent) s) g
        where g.by_any and not exists (select from erasures e where e.state = 1 and e.anchors && g.anchors)
        """;

    private const string StillKnownSql = $"select count(*) from ({PeopleSql}) p";

    /// <summary>By the given person; who is missing is not the source's, or is erased or being erased.</summary>
    public async Task<Dictionary<Guid, KnownToSource>> ReadAsync(
        string source,
        IReadOnlyCollection<Guid> people,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<Guid, KnownToSource>(people.Count);
        await using var command = Sql.Command(database.Query, PeopleSql, Sql.Of(people.Distinct().ToArray()), Sql.Of(source));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var root = reader.GetGuid(1);
            found[reader.GetGuid(0)] = new KnownToSource(
                root,
                Open(
                    new PersonId(root),
                    reader.GetInt32(2),
                    reader.GetInt16(4),
                    reader.GetFieldValue<byte[]>(3),
                    reader.GetFieldValue<byte[]>(5),
                    reader.GetBoolean(6)
                ),
                reader.GetFieldValue<Guid[]>(7)
            );
        }

        return found;
    }

    /// <summary>Whether all of these people are still known, and nobody of them is being erased.</summary>
    public async Task<bool> AreStillKnownAsync(
        string source,
        IReadOnlyDictionary<Guid, KnownToSource> before,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(database.Query, StillKnownSql, Sql.Of(before.Keys.ToArray()), Sql.Of(source));
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! == before.Count;
    }

    private FeedbackPerson? Open(PersonId person, int revision, short keyVersion, byte[] salt, byte[] cipher, bool byId)
    {
        PersonIdentifiers identifiers;
        try
        {
            identifiers = vault.OpenIdentifiers(person, revision, keyVersion, salt, cipher);
        }
        catch (Exception failure) when (failure is AuthenticationTagMismatchException or MasterKeyAbsentException)
        {
            return null; // Counted as a person without an identifier.
        }

        return identifiers switch
        {
            { CustomerId: { } id } when byId => new FeedbackPerson("id", id),
            { Email: { } email } when !identifiers.Hashed.HasFlag(HashedFields.EmailSha256) => new FeedbackPerson("email", email),
            _ => null,
        };
    }
}
