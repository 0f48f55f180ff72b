namespace AudienceSync.Domain.Identity;

/// <summary>The identifiers and details that one webhook states about its person.</summary>
/// <param name="Aliases">Its usable identifiers, strongest first; at least one. The first is the anchor.</param>
/// <param name="Identifiers">The same, as they were sent.</param>
/// <param name="Details">The keyed digest of the details; null when there are none.</param>
/// <param name="At">The sender's time.</param>
public sealed record Statement(Alias[] Aliases, PersonIdentifiers Identifiers, AliasDigest? Details, DateTimeOffset At)
{
    public Alias Anchor => Aliases[0];

    /// <summary>Keeps personal data out of logs.</summary>
    public override string ToString() => "Statement(***)";

    internal IdentifierClaim ClaimOf(Alias alias) =>
        alias.Kind == IdentifierKind.Email
            ? new IdentifierClaim(alias, Identifiers.Email!, "", Identifiers.Hashed & HashedFields.EmailSha256, At)
            {
                Canonical = Identifiers.CanonicalEmail,
                Parser = Identifiers.Parser,
            }
            : new IdentifierClaim(alias, Identifiers.Phone!, Identifiers.Country, Identifiers.Hashed & ~HashedFields.EmailSha256, At)
            {
                Canonical = Identifiers.CanonicalPhone,
                Parser = Identifiers.Parser,
            };
}
