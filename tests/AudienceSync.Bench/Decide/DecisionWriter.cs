using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Bench.Decide;

/// <summary>
/// Writes signed questions about random people of those that the load created, each by customer id, half of them with the email too.
/// </summary>
internal sealed class DecisionWriter(string address, string token, string signingKey, int people, int seed, TimeProvider clock)
{
    private readonly byte[] _key = Encoding.UTF8.GetBytes(signingKey);
    private readonly Random _random = new(seed);

    /// <summary>The next request, head and body.</summary>
    public ReadOnlyMemory<byte> Next()
    {
        int person = _random.Next(people);
        string email =
            person % 2 == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $",\"email\":\"Shopper.{person:D8}@mail.example\"");
        string body = string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"person\":{{\"customer_id\":\"shop-{person:D8}\"{email}}},\"audiences\":[\"high_intent_cart_7d\",\"winback_45d\"]}}"
        );
        string timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        string signature = Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"v0:{timestamp}:{body}")));
        return Encoding.UTF8.GetBytes(
            $"POST /v1/decisions HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
                + $"X-CIO-Timestamp: {timestamp}\r\nX-CIO-Signature: {signature}\r\nContent-Length: {body.Length}\r\n\r\n{body}"
        );
    }
}
