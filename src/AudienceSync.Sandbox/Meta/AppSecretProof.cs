using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Sandbox.Meta;

/// <summary>
/// The app secret proof, contract 3: hex HMAC-SHA-256 over the token, or over <c>token|unixSeconds</c> with appsecret_time,
/// which is valid for five minutes. A missing proof gets the same response as a wrong one; the real response body is unknown.
/// </summary>
internal static class AppSecretProof
{
    private const long TimedProofLifetimeSeconds = 300;

    public static bool IsValid(string secret, string token, GraphParameters parameters, DateTimeOffset now)
    {
        if (parameters.Text("appsecret_proof") is not { } proof)
        {
            return false;
        }

        var message = token;
        if (parameters.Text("appsecret_time") is { } time)
        {
            if (
                !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var signedAt)
                || now.ToUnixTimeSeconds() - signedAt is < -TimedProofLifetimeSeconds or > TimedProofLifetimeSeconds
            )
            {
                return false;
            }

            message = $"{token}|{time}";
        }

        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(message));
        return CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Convert.ToHexStringLower(expected)),
            Encoding.UTF8.GetBytes(proof)
        );
    }
}
