namespace AudienceSync.Sandbox.Webhook;

/// <summary>An account on the receiver; its key is the token in its settings.</summary>
internal sealed class WebhookAccount(string id)
{
    private const int MaxNameLength = 100;

    public string Id => id;

    public required AccountSettings Settings { get; set; }

    public static string? Validate(AccountSettings settings) =>
        settings.Account.Length is > 0 and <= MaxNameLength
        && settings.Account.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or ':' or '-')
            ? null
            : "account must be a name of letters, digits, dots, colons, hyphens or underscores";
}
