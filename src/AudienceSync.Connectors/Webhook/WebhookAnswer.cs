using System.Text.Json;
using AudienceSync.Connectors.Http;

namespace AudienceSync.Connectors.Webhook;

/// <summary>A row the receiver did not accept, by index in <c>members</c>.</summary>
internal readonly record struct RejectedRow(int Row, string Reason);

/// <summary>The body of a response (docs/webhook.md). An empty body counts as an empty object.</summary>
internal sealed record WebhookAnswer
{
    /// <summary>The receiver gave no reason, or one that does not have the form of a code and might quote the row.</summary>
    private const string NoReason = "webhook_rejected";

    /// <summary>Of a receiver whose bodies are not read: the status decides.</summary>
    public static readonly WebhookAnswer Unread = new() { IsUnderstood = true };

    public bool IsUnderstood { get; private init; }

    public IReadOnlyList<RejectedRow> Rejected { get; private init; } = [];

    /// <summary>How many rows were not accepted; may exceed those listed.</summary>
    public int RejectedCount { get; private init; }

    public string? RequestId { get; private init; }

    public static WebhookAnswer Parse(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return new WebhookAnswer { IsUnderstood = true };
        }

        try
        {
            using var document = JsonDocument.Parse(body, JsonFields.Options);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return new WebhookAnswer();
            }

            RejectedRow[] rejected = [.. root.Items("rejected").Select(Row).OfType<RejectedRow>()];
            return new WebhookAnswer
            {
                IsUnderstood = true,
                Rejected = rejected,
                RejectedCount = (int)Math.Clamp(root.Number("rejected_count") ?? 0, rejected.Length, int.MaxValue),
                RequestId = root.Name("request_id"),
            };
        }
        catch (JsonException)
        {
            return new WebhookAnswer();
        }
    }

    private static RejectedRow? Row(JsonElement item) =>
        item.Number("row") is { } row and >= 0 and <= int.MaxValue
            ? new RejectedRow((int)row, item.Name("reason") is { } reason ? $"webhook_{reason.ToLowerInvariant()}" : NoReason)
            : null;
}
