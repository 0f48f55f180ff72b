using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Host.Ingest.Importing;

/// <summary>Where the batches of an import go, and as whom.</summary>
/// <param name="Path">The address at the Host.</param>
/// <param name="Token">The token; never printed.</param>
/// <param name="SigningKey">Signs each request; null when the source does not sign.</param>
internal sealed record ImportTarget(string Path, string Token, byte[]? SigningKey)
{
    /// <summary>A request for one attempt: each has its own time and signature.</summary>
    public HttpRequestMessage Request(ReadOnlyMemory<byte> lines, DateTimeOffset now)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new ReadOnlyMemoryContent(lines) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        if (SigningKey is { } key)
        {
            var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
            hash.AppendData(Encoding.ASCII.GetBytes($"v0:{timestamp}:"));
            hash.AppendData(lines.Span);
            request.Headers.TryAddWithoutValidation(SignatureCheck.TimestampHeader, timestamp);
            request.Headers.TryAddWithoutValidation(SignatureCheck.SignatureHeader, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }

        return request;
    }

    /// <summary>Neither token nor key.</summary>
    public override string ToString() => $"ImportTarget({Path})";
}
