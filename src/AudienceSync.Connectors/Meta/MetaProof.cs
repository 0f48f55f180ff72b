using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Connectors.Meta;

/// <summary>
/// The timed proof that a caller has the app's secret (contracts/meta.md 3). It is created again for each attempt: a proof reused five
/// minutes later is refused.
/// </summary>
internal readonly record struct MetaProof(string Hex, string UnixSeconds)
{
    public static MetaProof Sign(Secret appSecret, Secret token, DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds().ToString();
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(appSecret.Reveal()), Encoding.UTF8.GetBytes($"{token.Reveal()}|{seconds}"));
        return new MetaProof(Convert.ToHexStringLower(mac), seconds);
    }
}
