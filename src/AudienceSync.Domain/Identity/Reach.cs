namespace AudienceSync.Domain.Identity;

/// <summary>By what a person is reached under his current revision, as digests: enough to see that a webhook says nothing new.</summary>
public readonly record struct Reach(AliasDigest? Email, AliasDigest? Phone, AliasDigest? Details)
{
    /// <summary>The bit of a kind in <c>saidKinds</c>.</summary>
    public static int Bit(IdentifierKind kind) => 1 << (int)kind;

    /// <summary>The bit of the details, which are no identifier.</summary>
    public const int DetailsBit = 1;
}
