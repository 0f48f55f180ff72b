namespace AudienceSync.Connectors.Google;

/// <summary>What is shown at the token endpoint to get an access token.</summary>
public interface IGoogleGrant
{
    Uri TokenUrl { get; }

    /// <summary>The form fields of one request; made anew for each attempt, because some carry a time.</summary>
    IReadOnlyDictionary<string, string> Form(DateTimeOffset now);
}

/// <summary>A user let us in for good (contracts/google.md 2.1).</summary>
internal sealed record RefreshTokenGrant(Uri TokenUrl, string ClientId, Secret ClientSecret, Secret RefreshToken) : IGoogleGrant
{
    public IReadOnlyDictionary<string, string> Form(DateTimeOffset now) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["grant_type"] = "refresh_token",
        ["client_id"] = ClientId,
        ["client_secret"] = ClientSecret.Reveal(),
        ["refresh_token"] = RefreshToken.Reveal(),
    };
}
