using System.Globalization;
using System.Text;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>
/// Requests of a source with a check of the signature age, signed at a time that the test sets, so that the same bytes can be sent again
/// with other headers.
/// </summary>
internal static class SignedRequests
{
    /// <summary>A Host that checks the age of signatures, as it does by default.</summary>
    public static TestHostOptions Options(TimeProvider clock) =>
        new() { Clock = clock, Yaml = yaml => yaml.Replace("signature_max_age_d: 0, ", "", StringComparison.Ordinal) };

    public static Captured Capture(string body, DateTimeOffset at) =>
        Capture(body, at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));

    public static Captured Capture(string body, string timestamp)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        return new Captured(bytes, timestamp, Webhook.Signature(TestHostFiles.SigningKey, timestamp, bytes));
    }

    public static Task<Answer> SendAsync(this TestHost host, Captured captured, string? deliveryId = null, string? idempotencyKey = null)
    {
        var request = Webhook.Request(captured.Body, TestHostFiles.SignedToken).With(captured.Timestamp, captured.Signature);
        Add(request, "x-cio-delivery-id", deliveryId);
        Add(request, "x-cio-idempotency-key", idempotencyKey);
        return host.SendAsync(request);
    }

    private static void Add(HttpRequestMessage request, string header, string? value)
    {
        if (value is not null)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }
    }

    /// <summary>The signed content, and the signature.</summary>
    internal sealed record Captured(byte[] Body, string Timestamp, string Signature);
}
