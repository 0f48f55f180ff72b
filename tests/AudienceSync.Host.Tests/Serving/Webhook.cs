using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using AudienceSync.Host.Ingest;

namespace AudienceSync.Host.Tests.Serving;

/// <summary>Builds webhook requests. Signs them by the contract's words (contracts/customerio.md 2.3), without the Host's code.</summary>
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

    /// <summary>With the token and the signature of the source that must sign.</summary>
    public static HttpRequestMessage Signed(byte[] body)
    {
        var timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return Request(body, TestHostFiles.SignedToken).With(timestamp, Signature(TestHostFiles.SigningKey, timestamp, body));
    }

    public static HttpRequestMessage Signed(string body) => Signed(Encoding.UTF8.GetBytes(body));

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
