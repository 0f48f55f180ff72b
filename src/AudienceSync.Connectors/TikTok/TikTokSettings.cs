using System.Text.RegularExpressions;
using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Sections;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Connectors.TikTok;

/// <summary>One advertiser at TikTok, validated.</summary>
public sealed partial record TikTokSettings
{
    public const string DefaultApiVersion = "v1.3";

    public static readonly Uri DefaultBaseUrl = new("https://business-api.tiktok.com/open_api/");

    public static PlatformSettings Known { get; } = new("tiktok", "token", "api_version", "normalizer", "members_per_call");

    /// <summary>The advertiser id, digits (contracts/tiktok.md 2).</summary>
    public required string Advertiser { get; init; }

    public required string ApiVersion { get; init; }

    /// <summary>Ends with a slash.</summary>
    public required Uri BaseUrl { get; init; }

    public required Secret Token { get; init; }

    /// <summary>The rules for new members (8.1); removals use the rules of their adds.</summary>
    public required NormalizerVersion Normalizer { get; init; }

    /// <summary>The platform states no limit of its own (5.3).</summary>
    public required int MembersPerCall { get; init; }

    public TimeSpan CallTimeout { get; init; } = TikTokLimits.CallTimeout;

    public static ParsedSettings<TikTokSettings> Parse(DestinationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var account = section.Account().Must(JsonFields.IsDigits, "invalid_account", "account must be the digits of an advertiser id.");
        var version = section.ApiVersion(DefaultApiVersion, VersionForm());
        var members = section.Within("members_per_call", TikTokLimits.DefaultMembersPerCall, TikTokLimits.MaxMembersPerCall);
        var normalizer = section
            .Text("normalizer")
            .Map(name => TikTokVariants.Find(name ?? TikTokVariants.Default))
            .Must(
                variant => variant is not null,
                "invalid_normalizer",
                $"normalizer must be one of: {string.Join(", ", TikTokVariants.Names)}."
            );
        var timeout = section.CallTimeoutOr(TikTokLimits.CallTimeout);
        var baseUrl = section.BaseUrlOr(DefaultBaseUrl);
        var token = section.Token();
        return Known.Parsed(
            section,
            [account.Error, version.Error, members.Error, normalizer.Error, timeout.Error, baseUrl.Error, token.Error],
            () =>
                new TikTokSettings
                {
                    CallTimeout = timeout.Value,
                    Advertiser = account.Value,
                    ApiVersion = version.Value,
                    BaseUrl = baseUrl.Value,
                    Token = token.Value,
                    Normalizer = normalizer.Value!.Value,
                    MembersPerCall = members.Value,
                }
        );
    }

    [GeneratedRegex(@"^v[0-9]{1,3}\.[0-9]{1,2}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex VersionForm();
}
