namespace AudienceSync.Sandbox.Google;

/// <summary>An Ads account.</summary>
internal sealed class GoogleAccount(string id)
{
    private static readonly GoogleSettings Defaults = new();

    public string Id => id;

    public required AccountSettings Settings { get; set; }

    public GoogleSettings Limits => Settings.Google ?? Defaults;

    public static string? Complaint(AccountSettings settings) => AccountSettings.DigitsComplaint(settings) ?? settings.Google?.Complaint();
}
