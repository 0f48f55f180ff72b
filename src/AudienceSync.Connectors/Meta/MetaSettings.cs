using System.Text.RegularExpressions;
using AudienceSync.Connectors.Sections;

namespace AudienceSync.Connectors.Meta;

/// <summary>One ad account at Meta, validated.</summary>
public sealed partial record MetaSettings
{
    /// <summary>
    /// The version this program was built for; versions expire, so it is a setting. Their end dates are in <see cref="MetaVersions"/>.
    /// </summary>
    public const string DefaultApiVersion = "v27.0";

    public static readonly Uri DefaultBaseUrl = new("https://graph.facebook.com/");

    private const string LimitedDataUseName = "limited_data_use";

    public static PlatformSettings Known { get; } = new("meta", "token", "api_version", "app_secret", LimitedDataUseName);

    /// <summary>Digits, without <c>act_</c>: the form in which usage headers name the account.</summary>
    public required string AccountNumber { get; init; }

    public required string ApiVersion { get; init; }

    /// <summary>Ends with a slash.</summary>
    public required Uri BaseUrl { get; init; }

    public required Secret Token { get; init; }

    /// <summary>When set, every attempt carries a separate proof, valid for five minutes (contracts/meta.md 3).</summary>
    public Secret? AppSecret { get; init; }

    /// <summary>When set, it is sent with every added row (contracts/meta.md 10).</summary>
    public LimitedDataUse? LimitedDataUse { get; init; }

    public TimeSpan CallTimeout { get; init; } = MetaLimits.CallTimeout;

    public static ParsedSettings<MetaSettings> Parse(DestinationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var account = section
            .Account()
            .Map(text => text.StartsWith("act_", StringComparison.Ordinal) ? text[4..] : text)
            .Must(AccountForm().IsMatch, "invalid_account", "account must be act_ followed by digits.");
        var version = section.ApiVersion(DefaultApiVersion, VersionForm());
        var timeout = section.CallTimeoutOr(MetaLimits.CallTimeout);
        var baseUrl = section.BaseUrlOr(DefaultBaseUrl);
        var token = section.Token();
        var appSecret = section.Secret("app_secret");
        var limited = LimitedDataUseOf(section);
        return Known.Parsed(
            section,
            [account.Error, version.Error, timeout.Error, baseUrl.Error, token.Error, appSecret.Error, limited.Error],
            () =>
                new MetaSettings
                {
                    CallTimeout = timeout.Value,
                    AccountNumber = account.Value,
                    ApiVersion = version.Value,
                    BaseUrl = baseUrl.Value,
                    Token = token.Value,
                    AppSecret = appSecret.Value,
                    LimitedDataUse = limited.Value,
                }
        );
    }

    /// <summary>A part that is left out is 0, by which Meta determines it itself (contracts/meta.md 10).</summary>
    private static Setting<LimitedDataUse?> LimitedDataUseOf(DestinationSection section) =>
        section
            .Parts(LimitedDataUseName)
            .Must(
                parts =>
                    parts is null
                    || parts.All(part => part.Key is "country" or "state" && SectionReading.WholeNumber(part.Value) is not null),
                "invalid_limited_data_use",
                "limited_data_use takes country and state, which are whole numbers."
            )
            .Map(parts => parts is null ? null : new LimitedDataUse(NumberOf(parts, "country"), NumberOf(parts, "state")));

    private static int NumberOf(IReadOnlyDictionary<string, SettingValue> parts, string name) =>
        parts.TryGetValue(name, out var part) ? SectionReading.WholeNumber(part) ?? 0 : 0;

    [GeneratedRegex(@"^[0-9]{1,20}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex AccountForm();

    [GeneratedRegex(@"^v[0-9]{1,3}\.[0-9]{1,2}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex VersionForm();
}
