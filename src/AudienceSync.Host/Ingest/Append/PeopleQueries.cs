using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>Reads rows of aliases and people into an <see cref="IdentityResolver"/>.</summary>
internal static class PeopleQueries
{
    /// <summary>Reads the result of <see cref="AppendSql.KnownAliases"/>. Returns the number of rows.</summary>
    public static async Task<int> LoadAliasesAsync(NpgsqlDataReader reader, IdentityResolver resolver, CancellationToken cancellationToken)
    {
        var count = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            LoadAlias(reader, resolver);
            count++;
        }

        return count;
    }

    /// <summary>
    /// Reads the anchor columns of <see cref="AppendSql.Groups"/>: person, kind, anchor, owner, revision, reach, stream version.
    /// </summary>
    public static KnownPerson Person(NpgsqlDataReader reader) =>
        new(
            new PersonId(reader.GetGuid(0)),
            new Alias((IdentifierKind)reader.GetInt16(1), new AliasDigest(reader.GetGuid(2))),
            PersonOrNull(reader, 3),
            reader.GetInt32(4),
            reader.GetInt64(8),
            ReachAt(reader, 5)
        );

    private static void LoadAlias(NpgsqlDataReader reader, IdentityResolver resolver)
    {
        var alias = new Alias((IdentifierKind)reader.GetInt16(1), new AliasDigest(reader.GetGuid(0)));
        var anchor = PersonOrNull(reader, 2);
        resolver.Load(new AliasBinding(alias, anchor, PersonOrNull(reader, 3), reader.TimeOrNull(4) ?? default));
        if (anchor is { } person && resolver.Find(person) is null)
        {
            resolver.Load(
                new KnownPerson(person, alias, PersonOrNull(reader, 5), reader.GetInt32(6), reader.GetInt64(10), ReachAt(reader, 7))
            );
        }
    }

    private static Reach ReachAt(NpgsqlDataReader reader, int column) =>
        new(DigestOrNull(reader, column), DigestOrNull(reader, column + 1), DigestOrNull(reader, column + 2));

    private static PersonId? PersonOrNull(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : new PersonId(reader.GetGuid(column));

    private static AliasDigest? DigestOrNull(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : new AliasDigest(reader.GetGuid(column));
}
