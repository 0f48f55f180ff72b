using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Connectors.Webhook;

/// <summary>
/// HMAC-SHA-256 over <c>v1:timestamp:body</c> with the shared key, for one attempt: a call repeated later has its own time, so that a
/// receiver can refuse old calls.
/// </summary>
internal readonly record struct WebhookSignature(string UnixSeconds, string Value)
{
    public const string Header = "X-AudienceSync-Signature";
    public const string TimestampHeader = "X-AudienceSync-Timestamp";

    public static WebhookSignature Sign(Secret key, DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        var seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.ASCII.GetBytes(key.Reveal()));
        hash.AppendData(Encoding.ASCII.GetBytes($"v1:{seconds}:"));
        hash.AppendData(body);
        return new WebhookSignature(seconds, $"v1={Convert.ToHexStringLower(hash.GetHashAndReset())}");
    }
}
