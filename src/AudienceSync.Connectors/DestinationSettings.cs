using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Connectors;

/// <summary>A destination as configured. Its platform validates the rest and refuses settings of another platform.</summary>
/// <param name="Account">The ad account at the platform, e.g. <c>act_1001</c>.</param>
/// <param name="Token">What the platform calls an access token; null where one is fetched instead (Google).</param>
/// <param name="BaseUrl">Base URL of the platform; null for the real one.</param>
/// <param name="ApiVersion">Version of the platform's API; null for the one this program was tested with.</param>
/// <param name="AppSecret">Signs each call where the platform requires it (contracts/meta.md 3); null when it does not.</param>
public sealed record DestinationSettings(
    string Account, Secret? Token = null, Uri? BaseUrl = null, string? ApiVersion = null, Secret? AppSecret = null)
{
    /// <summary>An account's worker sends nothing else while it waits.</summary>
    public const int MaxCallTimeoutS = 300;

    /// <summary>The manager account through which we have access; null for direct access (contracts/google.md 2.3).</summary>
    public string? LoginCustomerId { get; init; }

    /// <summary>With <see cref="ClientSecret"/> and <see cref="RefreshToken"/>: access by a user's grant (contracts/google.md 2.1).</summary>
    public string? ClientId { get; init; }

    public Secret? ClientSecret { get; init; }

    public Secret? RefreshToken { get; init; }

    /// <summary>The key file of a service account, instead of a user's grant (contracts/google.md 2.1).</summary>
    public SecretDocument? ServiceAccount { get; init; }

    /// <summary>The URL from which access tokens are fetched; null for the platform's own.</summary>
    public Uri? TokenUrl { get; init; }

    /// <summary>The consent declared for every member sent here: <c>granted</c> or <c>unspecified</c> (contracts/google.md 6.2).</summary>
    public string? Consent { get; init; }

    /// <summary>Whether the platform's customer list terms were accepted (contracts/google.md 6.2).</summary>
    public bool? TermsAccepted { get; init; }

    /// <summary>Every call is validated by the platform and nothing is stored (contracts/google.md 6.2).</summary>
    public bool? ValidateOnly { get; init; }

    /// <summary>Which of the platform's normalization rules apply to new members (contracts/tiktok.md 8.1).</summary>
    public string? Normalizer { get; init; }

    /// <summary>Members in one call, where the platform states no limit of its own (contracts/tiktok.md 5.3).</summary>
    public int? MembersPerCall { get; init; }

    /// <summary>
    /// Seconds until the first poll of an accepted job, and between two polls, where the platform processes calls later
    /// (contracts/google.md 6.7).
    /// </summary>
    public int? JobCheckS { get; init; }

    /// <summary>Seconds to wait for the response to a call; null for the platform's default.</summary>
    public int? CallTimeoutS { get; init; }

    /// <summary>Limited data use for every member sent here (contracts/meta.md 10).</summary>
    public LimitedDataUse? LimitedDataUse { get; init; }

    /// <summary>A setting without effect is a misunderstanding that would be found too late, so it is refused.</summary>
    /// <exception cref="DestinationSettingsException">A setting is given that is not <paramref name="known"/>.</exception>
    internal void AllowOnly(string platform, params ReadOnlySpan<string> known)
    {
        foreach (var (name, isGiven) in Optional())
        {
            if (isGiven && !known.Contains(name))
            {
                throw new DestinationSettingsException("foreign_setting", $"{name} is not a setting of {platform}.");
            }
        }
    }

    /// <exception cref="DestinationSettingsException">Out of bounds.</exception>
    internal TimeSpan CallTimeoutOr(TimeSpan platformDefault) => CallTimeoutS switch
    {
        null => platformDefault,
        >= 1 and <= MaxCallTimeoutS => TimeSpan.FromSeconds(CallTimeoutS.Value),
        _ => throw new DestinationSettingsException("invalid_call_timeout_s", $"call_timeout_s must be 1 to {MaxCallTimeoutS}."),
    };

    /// <exception cref="DestinationSettingsException">There is no token.</exception>
    internal Secret DemandToken()
        => Token ?? throw new DestinationSettingsException("missing_token", "token is required: { file: NAME } or { env: NAME }.");

    private (string Name, bool IsGiven)[] Optional() =>
    [
        ("token", Token is not null),
        ("api_version", ApiVersion is not null),
        ("app_secret", AppSecret is not null),
        ("login_customer_id", LoginCustomerId is not null),
        ("client_id", ClientId is not null),
        ("client_secret", ClientSecret is not null),
        ("refresh_token", RefreshToken is not null),
        ("service_account", ServiceAccount is not null),
        ("token_url", TokenUrl is not null),
        ("consent", Consent is not null),
        ("terms_accepted", TermsAccepted is not null),
        ("validate_only", ValidateOnly is not null),
        ("normalizer", Normalizer is not null),
        ("members_per_call", MembersPerCall is not null),
        ("job_check_s", JobCheckS is not null),
        ("limited_data_use", LimitedDataUse is not null),
    ];
}

/// <summary>Where the law that limits the use of data applies: 1 and 1000 are the USA and California (contracts/meta.md 10).</summary>
public sealed record LimitedDataUse(int Country, int State);

/// <summary>The external dependencies of a destination.</summary>
/// <param name="Network">Sends the calls; <see cref="Http.PlatformHttp.CreateHandler"/> in production, a scripted handler in a test.
/// Shared, so never disposed by a destination.</param>
/// <param name="Clock">Used for timeouts, proofs and dates.</param>
/// <param name="Random">Jitter. Used under a lock, because calls of several accounts overlap.</param>
public sealed record DestinationDependencies(HttpMessageHandler Network, TimeProvider Clock, Random Random)
{
    /// <summary>The rules by which identifiers become digests; a test adds a version that the program does not ship.</summary>
    public Normalizers Normalizers { get; init; } = Normalizers.BuiltIn;
}

/// <summary>A destination cannot be created from its settings. The message never contains a secret.</summary>
public sealed class DestinationSettingsException(string code, string message) : Exception(message)
{
    /// <summary>Stable, for people and tests.</summary>
    public string Code { get; } = code;
}
