namespace AudienceSync.Sandbox.Google;

/// <summary>An Ads account.</summary>
internal sealed class GoogleAccount(string id)
{
    private static readonly GoogleSettings Defaults = new();

    public string Id => id;

    public required AccountSettings Settings { get; set; }

    public GoogleSettings Limits => Settings.Google ?? Defaults;

    public static string? Validate(AccountSettings settings) => AccountSettings.ValidateDigits(settings) ?? settings.Google?.Validate();
}
