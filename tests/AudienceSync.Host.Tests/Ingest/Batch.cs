using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>Builds signed requests for the batch endpoint, and describes their responses.</summary>
internal static class Batch
{
    public const string Lines = "application/x-ndjson";

    public static HttpRequestMessage Request(byte[] body, DateTimeOffset at, string? type = Lines)
    {
        var request = Webhook.Signed(body, at);
        request.RequestUri = new Uri(BatchEndpoint.Path, UriKind.Relative);
        request.Content!.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        return request;
    }

    public static Task<Answer> BatchAsync(this TestHost host, string body, string? type = Lines) =>
        host.SendAsync(Request(Encoding.UTF8.GetBytes(body), host.Clock.GetUtcNow(), type));

    public static Task<Answer> BatchAsync(this TestHost host, IEnumerable<string> lines) => host.BatchAsync(string.Join('\n', lines));

    /// <summary>Status, code and warnings of a result.</summary>
    public static string Describe(JsonElement receipt) =>
        string.Join(
            ' ',
            new[] { Text(receipt, "status"), Text(receipt, "code") }
                .Concat(Sample.Warnings(receipt).Select(warning => $"({warning})"))
                .Where(text => text.Length > 0)
        );

    public static string Receipt(JsonElement receipt) => Text(receipt, "receipt_id");

    /// <summary>The totals: events, accepted, quarantined, refused, with warnings.</summary>
    public static int[] Totals(this Answer answer) =>
        [.. answer.Json.GetProperty("totals").EnumerateObject().Select(total => total.Value.GetInt32())];

    private static string Text(JsonElement receipt, string name) => receipt.TryGetProperty(name, out var value) ? value.GetString()! : "";
}
