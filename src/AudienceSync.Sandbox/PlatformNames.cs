namespace AudienceSync.Sandbox;

/// <summary>The platforms' names, in the configuration, the admin API and the lists.</summary>
internal static class PlatformNames
{
    public const string Meta = "meta";
    public const string Google = "google";
    public const string TikTok = "tiktok";

    public static readonly IReadOnlyList<string> All = [Meta, Google, TikTok];
}
