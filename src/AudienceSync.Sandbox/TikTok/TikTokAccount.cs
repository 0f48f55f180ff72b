namespace AudienceSync.Sandbox.TikTok;

/// <summary>An advertiser account.</summary>
internal sealed class TikTokAccount(string id)
{
    public string Id => id;

    public required AccountSettings Settings { get; set; }

    public TikTokSettings Limits => Settings.TikTok ?? Defaults;

    private static readonly TikTokSettings Defaults = new();

    public static string? Validate(AccountSettings settings) => AccountSettings.ValidateDigits(settings) ?? settings.TikTok?.Validate();
}
