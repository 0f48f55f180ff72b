using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Sandbox.Webhook;

/// <summary>
/// The signature of docs/webhook.md, implemented independently of the engine: HMAC-SHA-256 over <c>v1:timestamp:body</c>, five minutes old
/// at most.
/// </summary>
internal static class SignatureCheck
{
    private const string Version = "v1=";

    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    public static bool IsValid(string key, IHeaderDictionary headers, byte[] body, DateTimeOffset now)
    {
        var (times, signatures) = (headers["X-AudienceSync-Timestamp"], headers["X-AudienceSync-Signature"]);
        if (
            times is not [{ } time]
            || signatures is not [{ } signature]
            || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(now.ToUnixTimeSeconds() - seconds) > MaxAge.TotalSeconds
            || !signature.StartsWith(Version, StringComparison.Ordinal)
        )
        {
            return false;
        }

        byte[] signed = [.. Encoding.UTF8.GetBytes($"v1:{time}:"), .. body];
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), signed));
        return CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(expected),
            Encoding.UTF8.GetBytes(signature[Version.Length..])
        );
    }
}
