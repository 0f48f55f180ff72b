using System.Text;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Outcomes;

/// <summary>Reads what a suppression by policy needs to know about a person.</summary>
internal sealed class SuppressionStore(WorkspaceDatabase database, Vault vault)
{
    private static readonly string[] Types = [EventTypes.Suppressed, EventTypes.SuppressionLifted];

    private const string AnchorSql = """
        select p.person, p.kind, p.anchor, p.revision, p.salt, v.key_version, v.cipher
        from unnest($1::uuid[]) as d(person)
        cross join lateral (select r.* from people r where r.person = d.person limit 1) p
        cross join lateral (select r.* from vault r where r.person = d.person and r.revision = p.revision limit 1) v
        where p.owner is null
        """;

    private const string SuppressionsSql = """
        select e.type, e.data::text from unnest($1::uuid[]) as d(person)
        cross join lateral (select r.type, r.data from mt_events r where r.stream_id = d.person and r.type = any($2) offset 0) e
        """;

    /// <summary>
    /// The root of a person. Null when there is none, because the person was erased, or when its identifier cannot be opened.
    /// </summary>
    public async Task<PersonAnchor?> RootAsync(Guid[] anchors, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, AnchorSql, Sql.Of(anchors));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var person = new PersonId(reader.GetGuid(0));
        var alias = new Alias((IdentifierKind)reader.GetInt16(1), new AliasDigest(reader.GetGuid(2)));
        if (alias.Kind == IdentifierKind.CustomerId)
        {
            return new PersonAnchor(alias, new PersonIdentifiers(null, null, null, ""));
        }

        var own = vault
            .TryOpen(person, reader.GetInt32(3), reader.GetInt16(5), reader.GetFieldValue<byte[]>(4), reader.GetFieldValue<byte[]>(6))
            ?.Own.Addresses.Where(claim => claim.Address.Digest == alias.Digest)
            .Select(Of)
            .FirstOrDefault();
        return own is null ? null : new PersonAnchor(alias, own);
    }

    /// <summary>The suppressions of a person and their ends.</summary>
    public async Task<List<IStoredEvent>> SuppressionsAsync(Guid[] anchors, CancellationToken cancellationToken)
    {
        var stored = new List<IStoredEvent>();
        await using var command = Sql.Command(database.Hot, SuppressionsSql, Sql.Of(anchors), Sql.Of(Types));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            stored.Add(EventJson.Read(reader.GetString(0), Encoding.UTF8.GetBytes(reader.GetString(1))));
        }

        return stored;
    }

    private static PersonIdentifiers Of(IdentifierClaim claim) =>
        claim.Address.Kind == IdentifierKind.Email
            ? new PersonIdentifiers(null, claim.Text, null, "")
            {
                Hashed = claim.Hashed,
                CanonicalEmail = claim.Canonical,
                Parser = claim.Parser,
            }
            : new PersonIdentifiers(null, null, claim.Text, claim.Country)
            {
                Hashed = claim.Hashed,
                CanonicalPhone = claim.Canonical,
                Parser = claim.Parser,
            };
}
