namespace AudienceSync.Domain.Normalizing;

/// <summary>Whose rules. One family for each platform that hashes by rules of its own; the names are shown, the numbers are those of the platforms.</summary>
public enum NormalizerFamily
{
    Meta = 1,
    Google = 2,
    TikTok = 3,
}
