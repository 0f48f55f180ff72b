namespace AudienceSync.Domain.Normalising;

/// <summary>Whose rules. One family for each platform that hashes by rules of its own; the names are shown, the numbers are those of the platforms.</summary>
public enum NormaliserFamily
{
    Meta = 1,
    Google = 2,
    TikTok = 3,
}
