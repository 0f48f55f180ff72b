using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AudienceSync.Sandbox.Google;

/// <summary>The signed assertion of a service account (contract google 2.1).</summary>
internal sealed record Assertion(string Issuer, string Scopes, string Audience, long IssuedAt, long ExpiresAt, string Signed, byte[] Signature)
{
    public const string Scope = "https://www.googleapis.com/auth/datamanager";

    private const string TokenAddress = "https://oauth2.googleapis.com/token";
    private const long LongestLifeS = 3_600;
    private const long ClockSkewS = 300;

    /// <summary>Null when it is no RS256 token with the claims that are owed.</summary>
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
            var told = claims.RootElement;
            return header.RootElement.GetProperty("alg").GetString() != "RS256" ? null : new Assertion(
                told.GetProperty("iss").GetString() ?? "",
                told.GetProperty("scope").GetString() ?? "",
                told.GetProperty("aud").GetString() ?? "",
                told.GetProperty("iat").GetInt64(),
                told.GetProperty("exp").GetInt64(),
                $"{head}.{body}",
                Base64Url.DecodeFromChars(signature));
        }
        catch (Exception wrong) when (wrong is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    public TokenError? Wrong(string publicKey, string ownAddress, DateTimeOffset now)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(publicKey);
        if (!rsa.VerifyData(Encoding.ASCII.GetBytes(Signed), Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
        {
            return new TokenError("invalid_grant", "Invalid JWT Signature.");
        }

        var time = now.ToUnixTimeSeconds();
        if (IssuedAt > time + ClockSkewS || ExpiresAt <= time || ExpiresAt - IssuedAt > LongestLifeS)
        {
            return new TokenError("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.");
        }

        if (Audience != TokenAddress && Audience != ownAddress)
        {
            return new TokenError("invalid_grant", "Invalid JWT: aud must be the token address.");
        }

        return Scopes.Split(' ').Contains(Scope) ? null : new TokenError("invalid_scope", "The scope of the Data Manager API is missing.");
    }
}
