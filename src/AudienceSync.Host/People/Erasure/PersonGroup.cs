using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.People.Erasure;

/// <summary>
/// A person as found by some identifiers: all anchors of the person, root first, with all their claims. Empty when no person is known by
/// the identifiers.
/// </summary>
/// <param name="Roots">The people that the identifiers lead to; more than one means that they belong to several people.</param>
public sealed record PersonGroup(
    IReadOnlyList<PersonId> Roots,
    IReadOnlyList<KnownPerson> Anchors,
    IReadOnlyDictionary<PersonId, IdentifierRevision> Revisions
)
{
    public Guid[] Ids => [.. Anchors.Select(anchor => anchor.Id.Value)];

    public bool IsKnown => Anchors.Count > 0;

    /// <summary>Every address that was claimed for the person, plain or hashed.</summary>
    public IEnumerable<IdentifierClaim> IdentifierClaims => Revisions.Values.SelectMany(revision => revision.Own.Addresses);

    /// <summary>The person's aliases by the person's own claims; who an address belongs to is another question.</summary>
    public IEnumerable<AliasDigest> Called =>
        Anchors.Select(anchor => anchor.Anchor.Digest).Concat(IdentifierClaims.Select(claim => claim.Address.Digest)).Distinct();

    /// <summary>Countries by which the person's national phone numbers were read.</summary>
    public IReadOnlyCollection<string> Countries =>
        IdentifierClaims.Select(claim => claim.Country).Append("").ToHashSet(StringComparer.Ordinal);

    /// <summary>Phone numbers as they were sent, of those that were sent plain.</summary>
    public IEnumerable<string> Phones =>
        IdentifierClaims
            .Where(claim => claim.Address.Kind == IdentifierKind.Phone && claim.Hashed == HashedFields.None)
            .Select(claim => claim.Text);

    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => "PersonGroup(***)";
}
