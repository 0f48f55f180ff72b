namespace AudienceSync.Domain.Identity;

/// <summary>The identifiers of a person's current revision, as digests: enough to detect that a webhook contains nothing new.</summary>
public readonly record struct Reach(AliasDigest? Email, AliasDigest? Phone, AliasDigest? Details)
{
    /// <summary>The bit of a kind in <c>saidKinds</c>.</summary>
    public static int Bit(IdentifierKind kind) => 1 << (int)kind;

    /// <summary>The bit of the details, which are not an identifier.</summary>
    public const int DetailsBit = 1;
}
