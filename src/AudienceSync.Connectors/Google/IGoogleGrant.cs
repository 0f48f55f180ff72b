namespace AudienceSync.Connectors.Google;

/// <summary>The credentials that are presented to the token endpoint to get an access token.</summary>
public interface IGoogleGrant
{
    Uri TokenUrl { get; }

    /// <summary>The form fields of one request; created again for each attempt, because some contain a time.</summary>
    IReadOnlyDictionary<string, string> Form(DateTimeOffset now);
}

/// <summary>A user's permanent grant (contracts/google.md 2.1).</summary>
internal sealed record RefreshTokenGrant(Uri TokenUrl, string ClientId, Secret ClientSecret, Secret RefreshToken) : IGoogleGrant
{
    public IReadOnlyDictionary<string, string> Form(DateTimeOffset now) =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "refresh_token",
            ["client_id"] = ClientId,
            ["client_secret"] = ClientSecret.Reveal(),
            ["refresh_token"] = RefreshToken.Reveal(),
        };
}
