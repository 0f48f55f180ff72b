using System.Text.Json.Serialization;
using AudienceSync.Sandbox.Google;
using AudienceSync.Sandbox.TikTok;

namespace AudienceSync.Sandbox;

/// <summary>An ad account as the configuration file and <c>POST /admin/accounts</c> give it (JSON names in snake case).</summary>
public sealed record AccountSettings
{
    /// <summary><c>meta</c>, <c>google</c> or <c>tiktok</c>.</summary>
    public string Platform { get; init; } = PlatformNames.Meta;

    /// <summary>Digits; at Meta <c>act_</c> and digits.</summary>
    public required string Account { get; init; }

    /// <summary>The access token that may use the account, at Google the refresh token. Several accounts may share one.</summary>
    public required string Token { get; init; }

    /// <summary>Meta only: <c>standard_access</c> (the higher one) or <c>development_access</c>, contract meta 13.1.</summary>
    public string Tier { get; init; } = StandardAccess;

    /// <summary>Meta only: when set, every call needs a valid <c>appsecret_proof</c>.</summary>
    public string? AppSecret { get; init; }

    /// <summary>Meta only: replaces the tier's formula for the calls allowed in any sliding hour.</summary>
    public int? CallsPerHour { get; init; }

    /// <summary>Ids of the customer lists of the account, decimal.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>Google only; null takes the defaults.</summary>
    public GoogleSettings? Google { get; init; }

    /// <summary>TikTok only; null takes the defaults.</summary>
    [JsonPropertyName("tiktok")]
    public TikTokSettings? TikTok { get; init; }

    internal const string StandardAccess = "standard_access";
    internal const string DevelopmentAccess = "development_access";

    // The compiler's version would print the token and the secret into any log line or assertion.
    public override string ToString() => $"AccountSettings {{ Platform = {Platform}, Account = {Account} }}";

    /// <summary>Gives the account to its platform.</summary>
    /// <returns>What is wrong, in words without secrets; null when the settings can be used.</returns>
    internal static string? Upsert(IReadOnlyList<IPlatform> platforms, AccountSettings settings) =>
        platforms.FirstOrDefault(platform => platform.Name == settings.Platform) is { } found
            ? settings.Complaint() ?? found.Upsert(settings)
            : "platform must be meta, google or tiktok";

    private string? Complaint() => this switch
    {
        { Token: var token } when string.IsNullOrWhiteSpace(token) => "token must not be empty",
        { Audiences: var audiences } when audiences.Any(id => !IsId(id)) => "audiences must be ids of digits",
        { Platform: not PlatformNames.Google, Google: not null } => "google is for the platform google only",
        { Platform: not PlatformNames.TikTok, TikTok: not null } => "tiktok is for the platform tiktok only",
        { Platform: PlatformNames.Meta } => MetaComplaint(),
        { Tier: not StandardAccess } or { AppSecret: not null } or { CallsPerHour: not null } =>
            "tier, app_secret and calls_per_hour are for the platform meta only",
        { Account: var account } when !IsId(account) => "account must be digits",
        _ => Google?.Complaint() ?? TikTok?.Complaint(),
    };

    private string? MetaComplaint() => this switch
    {
        { Account: var account } when !account.StartsWith("act_", StringComparison.Ordinal) || !IsId(account.AsSpan(4)) =>
            "account must be act_ and digits",
        { Tier: not (StandardAccess or DevelopmentAccess) } => "tier must be standard_access or development_access",
        { AppSecret: "" } => "app_secret must be null or not empty",
        { CallsPerHour: < 1 } => "calls_per_hour must be at least 1",
        _ => null,
    };

    internal static bool IsId(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 20 && !text.ContainsAnyExceptInRange('0', '9');
}
