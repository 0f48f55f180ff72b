namespace AudienceSync.Connectors;

/// <summary>The platforms that have a folder here. The names are stored and shown.</summary>
public enum Platform
{
    Meta = 1,
    Google = 2,
    TikTok = 3,
    Webhook = 4,
}
