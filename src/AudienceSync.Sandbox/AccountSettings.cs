using System.Text.Json.Serialization;
using AudienceSync.Sandbox.CustomerIo;
using AudienceSync.Sandbox.Google;
using AudienceSync.Sandbox.Meta;
using AudienceSync.Sandbox.TikTok;

namespace AudienceSync.Sandbox;

/// <summary>An ad account as the configuration file and <c>POST /admin/accounts</c> give it (JSON names in snake case).</summary>
public sealed record AccountSettings
{
    /// <summary>One of <see cref="Platforms"/>.</summary>
    public string Platform { get; init; } = MetaPlatform.PlatformName;

    /// <summary>Digits; for Meta <c>act_</c> and digits, for a webhook, Slack and PagerDuty a name, for Customer.io the site id.</summary>
    public required string Account { get; init; }

    /// <summary>
    /// The access token that grants access to the account; for Google the refresh token, for a webhook the signing key, for
    /// Customer.io the API key, for Slack the last part of the webhook's path, for PagerDuty the routing key. Several accounts may share
    /// one.
    /// </summary>
    public required string Token { get; init; }

    /// <summary>Meta only: <c>standard_access</c> (the higher one) or <c>development_access</c>, contract meta 13.1.</summary>
    public string Tier { get; init; } = StandardAccess;

    /// <summary>Meta only: when set, every call needs a valid <c>appsecret_proof</c>.</summary>
    public string? AppSecret { get; init; }

    /// <summary>Meta only: replaces the tier's formula for the calls allowed in any sliding hour.</summary>
    public int? CallsPerHour { get; init; }

    /// <summary>Meta only: false when the customer list terms have not been accepted, contract meta 11.</summary>
    public bool TermsAccepted { get; init; } = true;

    /// <summary>
    /// Meta only: whether <c>method=delete</c> in a POST is honored. New apps may not use it in any version (contract meta 2).
    /// </summary>
    public bool MethodOverride { get; init; }

    /// <summary>Ids of the customer lists of the account, decimal.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>Google only; null uses the defaults.</summary>
    public GoogleSettings? Google { get; init; }

    /// <summary>TikTok only; null uses the defaults.</summary>
    [JsonPropertyName("tiktok")]
    public TikTokSettings? TikTok { get; init; }

    /// <summary>Customer.io only; null uses the defaults.</summary>
    [JsonPropertyName("customerio")]
    public CustomerIoSettings? CustomerIo { get; init; }

    internal const string StandardAccess = "standard_access";
    internal const string DevelopmentAccess = "development_access";

    // The compiler's version would print the token and the secret into any log line or assertion.
    public override string ToString() => $"AccountSettings {{ Platform = {Platform}, Account = {Account} }}";

    /// <summary>Registers the account with its platform.</summary>
    /// <returns>A validation error without secrets; null when the settings are valid.</returns>
    internal static string? Upsert(IReadOnlyList<IPlatform> platforms, AccountSettings settings) =>
        platforms.FirstOrDefault(platform => platform.Name == settings.Platform) is { } found
            ? settings.Validate() ?? Platforms.Find(found.Name)!.Validate(settings) ?? found.Upsert(settings)
            : $"platform must be {Platforms.Names}";

    private string? Validate() =>
        this switch
        {
            { Token: var token } when string.IsNullOrWhiteSpace(token) => "token must not be empty",
            { Audiences: var audiences } when audiences.Any(id => !IsId(id)) => "audiences must be ids of digits",
            { Platform: not GooglePlatform.PlatformName, Google: not null } => "google is for the platform google only",
            { Platform: not TikTokPlatform.PlatformName, TikTok: not null } => "tiktok is for the platform tiktok only",
            { Platform: not CustomerIoPlatform.PlatformName, CustomerIo: not null } => "customerio is for the platform customerio only",
            { Platform: not MetaPlatform.PlatformName }
            and (
                { Tier: not StandardAccess }
                or { AppSecret: not null }
                or { CallsPerHour: not null }
                or { TermsAccepted: false }
                or { MethodOverride: true }
            ) => "tier, app_secret, calls_per_hour, terms_accepted and method_override are for the platform meta only",
            _ => null,
        };

    /// <summary>The validation error of an account id that must be digits; null when it is valid.</summary>
    internal static string? ValidateDigits(AccountSettings settings) => IsId(settings.Account) ? null : "account must be digits";

    internal static bool IsId(ReadOnlySpan<char> text) => text.Length is > 0 and <= 20 && !text.ContainsAnyExceptInRange('0', '9');
}
