namespace AudienceSync.Domain.Identity;

/// <summary>
/// The only form in which an identifier is stored outside the vault: a keyed digest (HMAC-SHA-256 under a secret of ours, truncated to
/// 128 bits) of its kind and canonical text. Without the key it cannot be reversed by a dictionary or compared with a platform's SHA-256.
/// </summary>
public readonly record struct AliasDigest(Guid Value);

/// <summary>An identifier by which a webhook names a person.</summary>
public readonly record struct Alias(IdentifierKind Kind, AliasDigest Digest);

/// <summary>The kinds of identifier by which a sender names a person, in the order of their strength (design section 6, rule 3).</summary>
/// <remarks>The numbers are stored; never renumber.</remarks>
public enum IdentifierKind
{
    CustomerId = 1,
    Email = 2,
    Phone = 3,
}

/// <summary>What is known about one identifier (docs/decisions/0009).</summary>
/// <param name="Alias">The identifier.</param>
/// <param name="Anchor">The person row for which it is the strongest identifier; null when every webhook with it had a stronger
/// one.</param>
/// <param name="Owner">The person with the best claim to it; null when there is no claim. A customer id is never claimed.</param>
/// <param name="ClaimedAt">When the owner claimed it; the owner may have repeated the claim later.</param>
public readonly record struct AliasBinding(Alias Alias, PersonId? Anchor, PersonId? Owner, DateTimeOffset ClaimedAt);
