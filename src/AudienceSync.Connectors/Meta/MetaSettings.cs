using System.Text.RegularExpressions;
using AudienceSync.Connectors.Http;

namespace AudienceSync.Connectors.Meta;

/// <summary>One ad account at Meta, validated.</summary>
public sealed partial record MetaSettings
{
    /// <summary>
    /// The version this program was built for; versions expire, so it is a setting. Their end dates are in <see cref="MetaVersions"/>.
    /// </summary>
    public const string DefaultApiVersion = "v27.0";

    public static readonly Uri DefaultBaseUrl = new("https://graph.facebook.com/");

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

    /// <exception cref="DestinationSettingsException">A setting cannot be used.</exception>
    public static MetaSettings From(DestinationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.AllowOnly("meta", "token", "api_version", "app_secret", "limited_data_use");
        var account = settings.Account.StartsWith("act_", StringComparison.Ordinal) ? settings.Account[4..] : settings.Account;
        var version = settings.ApiVersion ?? DefaultApiVersion;
        if (!AccountForm().IsMatch(account))
        {
            throw new DestinationSettingsException("invalid_account", "account must be act_ followed by digits.");
        }

        if (!VersionForm().IsMatch(version))
        {
            throw new DestinationSettingsException("invalid_api_version", "api_version must have the form v27.0.");
        }

        return new MetaSettings
        {
            CallTimeout = settings.CallTimeoutOr(MetaLimits.CallTimeout),
            AccountNumber = account,
            ApiVersion = version,
            BaseUrl = BaseAddress.Of(settings.BaseUrl, DefaultBaseUrl),
            Token = settings.DemandToken(),
            AppSecret = settings.AppSecret,
            LimitedDataUse = settings.LimitedDataUse,
        };
    }

    [GeneratedRegex(@"^[0-9]{1,20}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex AccountForm();

    [GeneratedRegex(@"^v[0-9]{1,3}\.[0-9]{1,2}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex VersionForm();
}
