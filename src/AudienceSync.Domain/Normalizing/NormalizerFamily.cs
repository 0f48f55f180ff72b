namespace AudienceSync.Domain.Normalizing;

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
