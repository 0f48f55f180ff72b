namespace AudienceSync.Sandbox.CustomerIo;

/// <summary>A workspace of Customer.io: the account is its site id, the token its API key.</summary>
internal sealed class CustomerIoAccount(string siteId)
{
    private const int MaxNameLength = 100;

    private static readonly CustomerIoSettings Defaults = new();

    public string SiteId => siteId;

    public required AccountSettings Settings { get; set; }

    public CustomerIoSettings Options => Settings.CustomerIo ?? Defaults;

    public PersonRegistry People { get; } = new();

    public RefusedItems Refused { get; } = new();

    public static string? Validate(AccountSettings settings) =>
        settings switch
        {
            { Audiences.Count: > 0 } => "audiences are not for the platform customerio",
            { Account: var account } when account.Length is 0 or > MaxNameLength || !account.All(char.IsAsciiLetterOrDigit) =>
                "account must be a site id of letters and digits",
            _ => settings.CustomerIo?.Validate(),
        };
}
