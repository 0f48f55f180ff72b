namespace AudienceSync.Shop.Destinations;

/// <summary>Each audience is synced to all of these destinations.</summary>
internal static class DestinationList
{
    public static readonly Destination Meta = new("meta_main", "meta", "act_1001", "23850000000000", "EMAIL", "PHONE");

    public static readonly Destination Google = new("google_main", "google", "7693729833", "709078448", "emailAddress", "phoneNumber")
    {
        EmailForm = GmailWithoutDots,
        PhoneForm = WithPlus,
    };

    public static readonly Destination TikTok = new(
        "tiktok_main",
        "tiktok",
        "7000000000000000001",
        "170000000000",
        "EMAIL_SHA256",
        "PHONE_SHA256"
    )
    {
        PhoneForm = WithPlus,
    };

    public static readonly IReadOnlyList<Destination> All = [Meta, Google, TikTok];

    private static string WithPlus(string digits) => $"+{digits}";

    // Google only, and only in these two domains: dots before the at sign are ignored, and so is everything that follows a plus.
    private static string GmailWithoutDots(string email)
    {
        var at = email.IndexOf('@', StringComparison.Ordinal);
        return email[(at + 1)..] is "gmail.com" or "googlemail.com"
            ? email[..at].Split('+')[0].Replace(".", "", StringComparison.Ordinal) + email[at..]
            : email;
    }
}
