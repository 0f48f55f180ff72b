using System.Text.RegularExpressions;
using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Sections;

namespace AudienceSync.Connectors.Google;

/// <summary>One Google Ads account behind the Data Manager API, validated.</summary>
public sealed partial record GoogleSettings
{
    public const string DefaultApiVersion = "v1";

    public static readonly Uri DefaultBaseUrl = new("https://datamanager.googleapis.com/");

    /// <summary>A service account's file may contain another one (contracts/google.md 2.1).</summary>
    public static readonly Uri DefaultTokenUrl = new("https://oauth2.googleapis.com/token");

    public static PlatformSettings Known { get; } =
        new(
            "google",
            "api_version",
            "login_customer_id",
            "client_id",
            "client_secret",
            "refresh_token",
            "service_account",
            "token_url",
            "consent",
            "terms_accepted",
            "validate_only",
            "job_check_s"
        );

    /// <summary>Digits, without hyphens.</summary>
    public required string Account { get; init; }

    /// <summary>The manager account, digits; null for direct access (contracts/google.md 2.3).</summary>
    public string? LoginAccount { get; init; }

    public required string ApiVersion { get; init; }

    /// <summary>Ends with a slash.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>How access tokens are obtained.</summary>
    public required IGoogleGrant Grant { get; init; }

    /// <summary>Whether <c>CONSENT_GRANTED</c> is declared for every member; when not, the field is omitted (6.2).</summary>
    public bool ConsentGranted { get; init; }

    /// <summary>Every call is validated by the platform and nothing is stored (6.2).</summary>
    public bool ValidateOnly { get; init; }

    public TimeSpan CallTimeout { get; init; } = GoogleLimits.CallTimeout;

    /// <summary>The time until the first poll of a job, and between two polls (6.7).</summary>
    public TimeSpan JobCheck { get; init; } = GoogleLimits.JobCheck;

    public static ParsedSettings<GoogleSettings> Parse(DestinationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var version = section.ApiVersion(DefaultApiVersion, VersionForm());
        var terms = section
            .Truth("terms_accepted")
            .Must(
                accepted => accepted == true,
                "terms_not_accepted",
                "terms_accepted must be true: accept Google's customer data policies in the account (Admin, Customer Match), "
                    + "then set it here."
            );
        var jobCheck = section.Within("job_check_s", (int)GoogleLimits.JobCheck.TotalSeconds, GoogleLimits.MaxJobCheckS);
        var consent = section
            .Text("consent")
            .Must(text => text is null or "granted" or "unspecified", "invalid_consent", "consent must be granted or unspecified.");
        var timeout = section.CallTimeoutOr(GoogleLimits.CallTimeout);
        var account = AdsAccount(section.Account().Map(text => (string?)text));
        var login = AdsAccount(section.Text("login_customer_id"));
        var baseUrl = section.BaseUrlOr(DefaultBaseUrl);
        var grant = GoogleGrants.Parse(section);
        var validateOnly = section.Truth("validate_only");
        return Known.Parsed(
            section,
            [
                version.Error,
                terms.Error,
                jobCheck.Error,
                consent.Error,
                timeout.Error,
                account.Error,
                login.Error,
                baseUrl.Error,
                grant.Error,
                validateOnly.Error,
            ],
            () =>
                new GoogleSettings
                {
                    CallTimeout = timeout.Value,
                    Account = account.Value!,
                    LoginAccount = login.Value,
                    ApiVersion = version.Value,
                    BaseUrl = baseUrl.Value,
                    Grant = grant.Value,
                    ConsentGranted = consent.Value == "granted",
                    ValidateOnly = validateOnly.Value == true,
                    JobCheck = TimeSpan.FromSeconds(jobCheck.Value),
                }
        );
    }

    private static Setting<string?> AdsAccount(Setting<string?> given) =>
        given
            .Map(text => text?.Replace("-", "", StringComparison.Ordinal))
            .Must(
                digits => digits is null || JsonFields.IsDigits(digits),
                $"invalid_{given.Field}",
                $"{given.Field} must be the digits of a Google Ads account, with or without hyphens."
            );

    [GeneratedRegex(@"^v[0-9]{1,3}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex VersionForm();
}
