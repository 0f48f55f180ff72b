using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Shop.Sending;

/// <summary>The credentials that authenticate the sender.</summary>
/// <param name="Token">The source's bearer token.</param>
/// <param name="SigningKey">Text; its UTF-8 bytes are the HMAC key.</param>
internal sealed record SenderKeys(string Token, string SigningKey)
{
    /// <summary>Lower hex HMAC-SHA256 over "v0:", the timestamp, ":" and the raw body (Customer.io's scheme).</summary>
    public string Sign(long unixSeconds, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(SigningKey));
        hmac.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"v0:{unixSeconds}:")));
        hmac.AppendData(body);
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }

    // The generated ToString would expose both secrets.
    public override string ToString() => nameof(SenderKeys);
}
