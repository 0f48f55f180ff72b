namespace AudienceSync.Domain.Identity;

/// <summary>
/// The only form in which an identifier is stored outside the vault: a keyed digest (HMAC-SHA-256 under a secret of ours, truncated to
/// 128 bits) of its kind and canonical text. Without the key it cannot be reversed by a dictionary or compared with a platform's SHA-256.
/// </summary>
public readonly record struct AliasDigest(Guid Value);

/// <summary>An identifier by which a webhook names a person.</summary>
public readonly record struct Alias(IdentifierKind Kind, AliasDigest Digest);
