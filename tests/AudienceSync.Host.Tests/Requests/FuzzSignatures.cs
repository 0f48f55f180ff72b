using System.Globalization;
using System.Net.Http.Headers;
using AudienceSync.Host.Decisions;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Requests;

/// <summary>Right and wrong signatures of the source that must sign.</summary>
internal static class FuzzSignatures
{
    private const string SignatureHeader = "X-CIO-Signature";
    private const string TimestampHeader = "X-CIO-Timestamp";

    /// <summary>Whether a route reads a source's signature; under the same addresses other methods are refused before.</summary>
    public static bool AreCheckedBy(Route route) =>
        route.Method != HttpMethod.Get.Method && route.Path is WebhookEndpoint.Path or BatchEndpoint.Path or DecisionEndpoint.Path;

    public static bool IsSigned(HttpRequestMessage request) => request.Headers.Authorization?.Parameter == TestHostFiles.SignedToken;

    /// <summary>Makes it a request of that source.</summary>
    /// <returns>Whether its signature is right.</returns>
    public static bool Sign(HttpRequestMessage request, byte[] body, Random random, DateTimeOffset now)
    {
        request.Headers.Remove("Authorization");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestHostFiles.SignedToken);
        request.Headers.Remove(SignatureHeader);
        request.Headers.Remove(TimestampHeader);
        var timestamp = now.AddSeconds(-random.Next(86_400)).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var key = random.Next(2) == 0 ? TestHostFiles.SigningKey : TestHostFiles.SecondSigningKey;
        var signature = Webhook.Signature(key, timestamp, body);
        if (random.Next(3) > 0)
        {
            request.With(timestamp, signature);
            return true;
        }

        var digit = random.Next(signature.Length);
        (string? Timestamp, string? Signature)[] wrong =
        [
            (null, null),
            (timestamp, null),
            (null, signature),
            (timestamp, ""),
            (timestamp, "v0=" + signature),
            (timestamp, signature[..^1]),
            (timestamp, signature + "0"),
            (timestamp, signature.Remove(digit, 1).Insert(digit, signature[digit] == '0' ? "1" : "0")),
            (timestamp + "0", signature),
            ("-" + timestamp, signature),
            (timestamp, Webhook.Signature(key, timestamp, [.. body, 0])),
            (timestamp, Webhook.Signature(TestHostFiles.OperatorToken, timestamp, body)),
            (timestamp, new string('\u00e4', signature.Length)),
        ];
        var (at, claimed) = wrong[random.Next(wrong.Length)];
        foreach (var (name, value) in new[] { (TimestampHeader, at), (SignatureHeader, claimed) }.Where(header => header.Item2 is not null))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return false;
    }
}
