using AudienceSync.Connectors.Http;
using System.Text.RegularExpressions;

namespace AudienceSync.Connectors.Google;

/// <summary>One Google Ads account behind the Data Manager API, validated.</summary>
public sealed partial record GoogleSettings
{
    public const string DefaultApiVersion = "v1";

    public static readonly Uri DefaultBaseUrl = new("https://datamanager.googleapis.com/");

    /// <summary>A service account's file may contain another one (contracts/google.md 2.1).</summary>
    public static readonly Uri DefaultTokenUrl = new("https://oauth2.googleapis.com/token");

    /// <summary>Digits, without hyphens.</summary>
    public required string Account { get; init; }

    /// <summary>The manager account, digits; null for direct access.</summary>
    public string? LoginAccount { get; init; }

    public required string ApiVersion { get; init; }

    /// <summary>Ends with a slash.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>How access tokens are obtained.</summary>
    public required IGoogleGrant Grant { get; init; }

    /// <summary>Whether <c>CONSENT_GRANTED</c> is declared for every member; when not, the field is omitted.</summary>
    public bool ConsentGranted { get; init; }

    public bool ValidateOnly { get; init; }

    public TimeSpan CallTimeout { get; init; } = GoogleLimits.CallTimeout;

    /// <summary>The time until the first poll of a job, and between two polls.</summary>
    public TimeSpan JobCheck { get; init; } = GoogleLimits.JobCheck;

    /// <exception cref="DestinationSettingsException">A setting cannot be used.</exception>
    public static GoogleSettings From(DestinationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.AllowOnly(
            "google", "api_version", "login_customer_id", "client_id", "client_secret", "refresh_token", "service_account", "token_url", "consent",
            "terms_accepted", "validate_only", "job_check_s");
        var version = settings.ApiVersion ?? DefaultApiVersion;
        Require(VersionForm().IsMatch(version), "invalid_api_version", "api_version must have the form v1.");
        Require(
            settings.TermsAccepted == true, "terms_not_accepted",
            "terms_accepted must be true: accept Google's customer data policies in the account (Admin, Customer Match), "
            + "then set it here.");
        Require(
            settings.JobCheckS is null or (> 0 and <= GoogleLimits.MaxJobCheckS), "invalid_job_check_s",
            $"job_check_s must be 1 to {GoogleLimits.MaxJobCheckS}.");
        Require(settings.Consent is null or "granted" or "unspecified", "invalid_consent", "consent must be granted or unspecified.");
        return new GoogleSettings
        {
            CallTimeout = settings.CallTimeoutOr(GoogleLimits.CallTimeout),
            Account = AccountOf(settings.Account, "account", "invalid_account"),
            LoginAccount = settings.LoginCustomerId is { } login ? AccountOf(login, "login_customer_id", "invalid_login_customer_id") : null,
            ApiVersion = version,
            BaseUrl = BaseAddress.Of(settings.BaseUrl, DefaultBaseUrl),
            Grant = GrantOf(settings),
            ConsentGranted = settings.Consent == "granted",
            ValidateOnly = settings.ValidateOnly == true,
            JobCheck = settings.JobCheckS is { } seconds ? TimeSpan.FromSeconds(seconds) : GoogleLimits.JobCheck,
        };
    }

    private static IGoogleGrant GrantOf(DestinationSettings settings)
    {
        var tokenUrl = settings.TokenUrl is { } given ? BaseAddress.Plain(given, "token_url") : null;
        if (settings.ServiceAccount is { } key)
        {
            Require(
                settings is { ClientId: null, ClientSecret: null, RefreshToken: null }, "two_credentials",
                "give either service_account, or client_id, client_secret and refresh_token.");
            return ServiceAccountGrant.From(key, tokenUrl);
        }

        return settings is { ClientId: { Length: > 0 } id, ClientSecret: { } secret, RefreshToken: { } refresh }
            ? new RefreshTokenGrant(tokenUrl ?? DefaultTokenUrl, id, secret, refresh)
            : throw new DestinationSettingsException(
                "missing_credentials", "give service_account, or all of client_id, client_secret and refresh_token.");
    }

    private static string AccountOf(string given, string setting, string code)
    {
        var digits = given.Replace("-", "", StringComparison.Ordinal);
        Require(JsonFields.IsDigits(digits), code, $"{setting} must be the digits of a Google Ads account, with or without hyphens.");
        return digits;
    }

    private static void Require(bool holds, string code, string message)
    {
        if (!holds)
        {
            throw new DestinationSettingsException(code, message);
        }
    }

    [GeneratedRegex(@"^v[0-9]{1,3}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex VersionForm();
}
