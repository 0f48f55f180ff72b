namespace AudienceSync.Domain.Normalizing;

/// <summary>
/// The version of a platform's normalizer. The ledger keeps it with every delivery, because a member can only be removed under the
/// rule by which they were added (design section 6, rule 4).
/// </summary>
public readonly record struct NormalizerVersion(short Value);

/// <summary>
/// The platform whose rules apply. One family per platform with its own hashing rules; names are displayed, numbers match those of the
/// platforms.
/// </summary>
public enum NormalizerFamily
{
    Meta = 1,
    Google = 2,
    TikTok = 3,
}
