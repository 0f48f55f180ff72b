using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AudienceSync.Sandbox.Google;

/// <summary>The signed assertion of a service account (contract google 2.1).</summary>
internal sealed record Assertion(
    string Issuer,
    string Scopes,
    string Audience,
    long IssuedAt,
    long ExpiresAt,
    string Signed,
    byte[] Signature
)
{
    public const string Scope = "https://www.googleapis.com/auth/datamanager";

    private const string TokenAddress = "https://oauth2.googleapis.com/token";
    private const long MaxLifetimeSeconds = 3_600;
    private const long ClockSkewSeconds = 300;

    /// <summary>Null when it is not an RS256 token with the required claims.</summary>
    public static Assertion? Parse(string jwt)
    {
        if (jwt.Split('.') is not [var head, var body, var signature])
        {
            return null;
        }

        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(head));
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(body));
            var payload = claims.RootElement;
            return header.RootElement.GetProperty("alg").GetString() != "RS256"
                ? null
                : new Assertion(
                    payload.GetProperty("iss").GetString() ?? "",
                    payload.GetProperty("scope").GetString() ?? "",
                    payload.GetProperty("aud").GetString() ?? "",
                    payload.GetProperty("iat").GetInt64(),
                    payload.GetProperty("exp").GetInt64(),
                    $"{head}.{body}",
                    Base64Url.DecodeFromChars(signature)
                );
        }
        catch (Exception exception)
            when (exception is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    public TokenError? Validate(string publicKey, string ownAddress, DateTimeOffset now)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(publicKey);
        if (!rsa.VerifyData(Encoding.ASCII.GetBytes(Signed), Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
        {
            return new TokenError("invalid_grant", "Invalid JWT Signature.");
        }

        var time = now.ToUnixTimeSeconds();
        if (IssuedAt > time + ClockSkewSeconds || ExpiresAt <= time || ExpiresAt - IssuedAt > MaxLifetimeSeconds)
        {
            return new TokenError(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
            );
        }

        if (Audience != TokenAddress && Audience != ownAddress)
        {
            return new TokenError("invalid_grant", "Invalid JWT: aud must be the token address.");
        }

        return Scopes.Split(' ').Contains(Scope) ? null : new TokenError("invalid_scope", "The scope of the Data Manager API is missing.");
    }
}
