namespace AudienceSync.Sandbox.Webhook;

/// <summary>An account at the receiver; its key is the token of its settings.</summary>
internal sealed class WebhookAccount(string id)
{
    private const int LongestName = 100;

    public string Id => id;

    public required AccountSettings Settings { get; set; }

    public static string? Complaint(AccountSettings settings) =>
        settings.Account.Length is > 0 and <= LongestName && settings.Account.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or ':' or '-')
            ? null
            : "account must be a name of letters, digits, dots, colons, hyphens or underscores";
}
