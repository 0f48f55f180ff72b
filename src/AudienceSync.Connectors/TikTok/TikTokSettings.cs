using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Normalizing;
using System.Text.RegularExpressions;

namespace AudienceSync.Connectors.TikTok;

/// <summary>One advertiser at TikTok, validated.</summary>
public sealed partial record TikTokSettings
{
    public const string DefaultApiVersion = "v1.3";

    public static readonly Uri DefaultBaseUrl = new("https://business-api.tiktok.com/open_api/");

    /// <summary>The advertiser id, digits (contracts/tiktok.md 2).</summary>
    public required string Advertiser { get; init; }

    public required string ApiVersion { get; init; }

    /// <summary>Ends with a slash.</summary>
    public required Uri BaseUrl { get; init; }

    public required Secret Token { get; init; }

    /// <summary>The rules for new members (8.1); removals use the rules of their adds.</summary>
    public required NormalizerVersion Normalizer { get; init; }

    public required int MembersPerCall { get; init; }

    public TimeSpan CallTimeout { get; init; } = TikTokLimits.CallTimeout;

    /// <exception cref="DestinationSettingsException">A setting cannot be used.</exception>
    public static TikTokSettings From(DestinationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.AllowOnly("tiktok", "token", "api_version", "normalizer", "members_per_call");
        var version = settings.ApiVersion ?? DefaultApiVersion;
        var members = settings.MembersPerCall ?? TikTokLimits.DefaultMembersPerCall;
        Require(JsonFields.IsDigits(settings.Account), "invalid_account", "account must be the digits of an advertiser id.");
        Require(VersionForm().IsMatch(version), "invalid_api_version", "api_version must have the form v1.3.");
        Require(
            members is > 0 and <= TikTokLimits.MaxMembersPerCall, "invalid_members_per_call",
            $"members_per_call must be 1 to {TikTokLimits.MaxMembersPerCall}.");
        var variant = TikTokVariants.Find(settings.Normalizer ?? TikTokVariants.Default);
        Require(variant is not null, "invalid_normalizer", $"normalizer must be one of: {string.Join(", ", TikTokVariants.Names)}.");
        return new TikTokSettings
        {
            CallTimeout = settings.CallTimeoutOr(TikTokLimits.CallTimeout),
            Advertiser = settings.Account,
            ApiVersion = version,
            BaseUrl = BaseAddress.Of(settings.BaseUrl, DefaultBaseUrl),
            Token = settings.DemandToken(),
            Normalizer = variant!.Value,
            MembersPerCall = members,
        };
    }

    private static void Require(bool holds, string code, string message)
    {
        if (!holds)
        {
            throw new DestinationSettingsException(code, message);
        }
    }

    [GeneratedRegex(@"^v[0-9]{1,3}\.[0-9]{1,2}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex VersionForm();
}
