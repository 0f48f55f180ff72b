using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Privacy;
using Npgsql;

namespace AudienceSync.Host.People.Erasure;

/// <summary>Finds a person by identifiers.</summary>
internal static class PersonGroupQueries
{
    /// <summary>
    /// Reads the group. On a connection that holds the log's lock it cannot change before the commit; on any other it may.
    /// </summary>
    public static async Task<PersonGroup> ReadAsync(
        NpgsqlConnection connection,
        Vault vault,
        Naming named,
        CancellationToken cancellationToken
    )
    {
        var resolver = new IdentityResolver(() => throw new InvalidOperationException("A query does not create a person."));
        var revisions = new Dictionary<PersonId, IdentifierRevision>();
        var digests = named.Aliases.Concat(named.OtherForms).Concat(named.Older).Select(alias => alias.Digest.Value).ToList();
        await using var commands = new NpgsqlBatch(connection);
        commands.BatchCommands.Add(Sql.Command(AppendSql.KnownAliases, Sql.Of(digests)));
        commands.BatchCommands.Add(Sql.Command(AppendSql.Groups, Sql.Of(digests)));
        await using var reader = await commands.ExecuteReaderAsync(cancellationToken);
        await PeopleQueries.LoadAliasesAsync(reader, resolver, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var person = PeopleQueries.Person(reader);
            resolver.Load(person);
            revisions[person.Id] = Open(vault, person, reader);
        }

        var known = named.Aliases.Where(alias => resolver.BindingOf(alias.Digest) is not null).Select(alias => alias.Kind).ToHashSet();
        var roots = RootsOf(resolver, named.Aliases.Concat(named.Older.Where(alias => !known.Contains(alias.Kind))));
        var same = named
            .OtherForms.Concat(named.Older)
            .SelectMany(alias => RootsOf(resolver, [alias]).Where(root => resolver.Person(root).Anchor.Kind == alias.Kind));
        var group = roots.Concat(same).ToHashSet();
        var anchors = resolver
            .People.Where(person => group.Contains(resolver.RootOf(person.Id)))
            .OrderBy(person => person.Owner is not null)
            .ToList();
        return new PersonGroup(roots, anchors, anchors.ToDictionary(person => person.Id, person => revisions[person.Id]));
    }

    private static List<PersonId> RootsOf(IdentityResolver resolver, IEnumerable<Alias> aliases) =>
        [
            .. aliases
                .Select(alias => resolver.BindingOf(alias.Digest))
                .OfType<AliasBinding>()
                .Select(binding => resolver.RootOf((binding.Owner ?? binding.Anchor)!.Value))
                .Distinct(),
        ];

    // Damaged: the claims are lost, and must not prevent the erasure of the person.
    private static IdentifierRevision Open(Vault vault, KnownPerson person, NpgsqlDataReader reader) =>
        vault.TryOpen(person.Id, person.Revision, reader.GetInt16(10), reader.GetFieldValue<byte[]>(9), reader.GetFieldValue<byte[]>(11))
        ?? new IdentifierRevision(new IdentifierClaims(), new PersonIdentifiers(null, null, null, ""));
}
