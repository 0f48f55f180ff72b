using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Tests.Ingest;

namespace AudienceSync.Host.Tests.Serving;

/// <summary>
/// Builds webhook requests. Signs them as the contract specifies (contracts/customerio.md 2.3), without the code of the Host.
/// </summary>
public static class Webhook
{
    public static HttpRequestMessage Request(byte[] body, string? token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, WebhookEndpoint.Path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    public static HttpRequestMessage Request(string body, string? token) => Request(Encoding.UTF8.GetBytes(body), token);

    /// <summary>With the token and the signature of the source that must sign, made at the Host time <paramref name="at"/>.</summary>
    public static HttpRequestMessage Signed(byte[] body, DateTimeOffset at)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return Request(body, TestHostFiles.SignedToken).With(timestamp, Signature(TestHostFiles.SigningKey, timestamp, body));
    }

    public static HttpRequestMessage Signed(string body, DateTimeOffset at) => Signed(Encoding.UTF8.GetBytes(body), at);

    /// <summary>Signed on the day of the ingest tests, for a Host whose clock shows it.</summary>
    public static HttpRequestMessage Signed(byte[] body) => Signed(body, Sample.Now);

    public static HttpRequestMessage Signed(string body) => Signed(body, Sample.Now);

    /// <summary>Adds the two headers of the signature.</summary>
    public static HttpRequestMessage With(this HttpRequestMessage request, string timestamp, string signature)
    {
        request.Headers.TryAddWithoutValidation("X-CIO-Timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("X-CIO-Signature", signature);
        return request;
    }

    public static string Signature(string key, string timestamp, byte[] body)
    {
        byte[] message = [.. Encoding.UTF8.GetBytes($"v0:{timestamp}:"), .. body];
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), message));
    }
}
