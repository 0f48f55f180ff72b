using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Privacy;
using Npgsql;

namespace AudienceSync.Host.People.Erasure;

/// <summary>
/// A person as found by some identifiers: all anchors of the person, root first, with all their claims. Empty when no person is known by
/// the identifiers.
/// </summary>
/// <param name="Roots">The people that the identifiers lead to; more than one means that they belong to several people.</param>
public sealed record PersonGroupQueries(IReadOnlyList<PersonId> Roots, IReadOnlyList<KnownPerson> Anchors, IReadOnlyDictionary<PersonId, IdentifierRevision> Revisions)
{
    public Guid[] Ids => [.. Anchors.Select(anchor => anchor.Id.Value)];

    public bool IsKnown => Anchors.Count > 0;

    /// <summary>Every address that was claimed for the person, plain or hashed.</summary>
    public IEnumerable<IdentifierClaim> IdentifierClaims => Revisions.Values.SelectMany(revision => revision.Own.Addresses);

    /// <summary>The person's aliases by the person's own claims; who an address belongs to is another question.</summary>
    public IEnumerable<AliasDigest> Called => Anchors.Select(anchor => anchor.Anchor.Digest).Concat(IdentifierClaims.Select(claim => claim.Address.Digest)).Distinct();

    /// <summary>Countries by which the person's national phone numbers were read.</summary>
    public IReadOnlyCollection<string> Countries => IdentifierClaims.Select(claim => claim.Country).Append("").ToHashSet(StringComparer.Ordinal);

    /// <summary>Phone numbers as they were sent, of those that were sent plain.</summary>
    public IEnumerable<string> Phones => IdentifierClaims
        .Where(claim => claim.Address.Kind == IdentifierKind.Phone && claim.Hashed == HashedFields.None).Select(claim => claim.Text);

    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => "PersonGroup(***)";

    /// <summary>
    /// Reads the group. On a connection that holds the log's lock it cannot change before the commit; on any other it may.
    /// </summary>
    /// <param name="otherForms">
    /// Other forms of the same identifiers. A person known by nothing stronger than one of them is the same person; a person known by more
    /// is another.
    /// </param>
    internal static async Task<PersonGroupQueries> ReadAsync(
        NpgsqlConnection connection, Vault vault, IReadOnlyCollection<Alias> aliases, IReadOnlyCollection<Alias> otherForms, CancellationToken cancellationToken)
    {
        var resolver = new IdentityResolver(() => throw new InvalidOperationException("A query does not create a person."));
        var revisions = new Dictionary<PersonId, IdentifierRevision>();
        var digests = aliases.Concat(otherForms).Select(alias => alias.Digest.Value).ToList();
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

        var roots = RootsOf(resolver, aliases);
        var same = RootsOf(resolver, otherForms).Where(root => resolver.Person(root).Anchor.Kind == IdentifierKind.Phone);
        var group = roots.Concat(same).ToHashSet();
        var anchors = resolver.People.Where(person => group.Contains(resolver.RootOf(person.Id))).OrderBy(person => person.Owner is not null).ToList();
        return new PersonGroupQueries(roots, anchors, anchors.ToDictionary(person => person.Id, person => revisions[person.Id]));
    }

    private static List<PersonId> RootsOf(IdentityResolver resolver, IEnumerable<Alias> aliases) =>
    [
        .. aliases.Select(alias => resolver.BindingOf(alias.Digest)).OfType<AliasBinding>()
            .Select(binding => resolver.RootOf((binding.Owner ?? binding.Anchor)!.Value)).Distinct(),
    ];

    // Damaged: the claims are lost, and must not prevent the erasure of the person.
    private static IdentifierRevision Open(Vault vault, KnownPerson person, NpgsqlDataReader reader) =>
        vault.TryOpen(person.Id, person.Revision, reader.GetInt16(10), reader.GetFieldValue<byte[]>(9), reader.GetFieldValue<byte[]>(11))
        ?? new IdentifierRevision(new IdentifierClaims(), new PersonIdentifiers(null, null, null, ""));
}
