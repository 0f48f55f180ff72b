namespace AudienceSync.Domain.Identity;

/// <summary>
/// An identifier in the only form in which it stands beside the log: a keyed digest (HMAC-SHA-256 under a secret of ours, cut to 128 bits)
/// of its kind and canonical text. Without the key it can neither be reversed by a dictionary nor compared with a platform's SHA-256.
/// </summary>
public readonly record struct AliasDigest(Guid Value);

/// <summary>An identifier by which a webhook names a person.</summary>
public readonly record struct Alias(IdentifierKind Kind, AliasDigest Digest);
