using System.Text.Json;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// Customer.io's reporting webhook (contracts/customerio.md 2.4), sent to the wrong endpoint. It is kept and answered 200: after a refused
/// event its sender holds back all events that follow, for up to a week.
/// </summary>
internal static class ReportingWebhook
{
    /// <summary>Whether an event is clearly one.</summary>
    public static bool Is(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object
        && !item.TryGetProperty("event"u8, out _)
        && !item.TryGetProperty("audience_key"u8, out _)
        && IsText(item, "metric"u8)
        && IsText(item, "object_type"u8)
        && IsText(item, "event_id"u8);

    /// <summary>The identifiers it names, as far as the fields are known in which a reporting webhook names a person.</summary>
    /// <param name="item">The event.</param>
    /// <param name="read">Reads the identifiers of a person object.</param>
    public static Alias[] NamedIn(JsonElement item, Func<JsonElement, Alias[]> read)
    {
        if (!item.TryGetProperty("data"u8, out var data) || data.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var identifiers =
            data.TryGetProperty("identifiers"u8, out var nested) && nested.ValueKind == JsonValueKind.Object ? nested : default;
        var people = new (JsonElement? Id, JsonElement? Email)[]
        {
            (Of(data, "customer_id"u8), Of(data, "email_address"u8)),
            (Of(identifiers, "id"u8), Of(identifiers, "email"u8)),
            (null, Of(data, "recipient"u8)),
        };
        var objects = people.Select(person => JsonSerializer.SerializeToElement(new { customer_id = person.Id, email = person.Email }));
        return [.. objects.SelectMany(read).Distinct()];
    }

    private static JsonElement? Of(JsonElement fields, ReadOnlySpan<byte> name) =>
        fields.ValueKind == JsonValueKind.Object
        && fields.TryGetProperty(name, out var value)
        && value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? value
            : null;

    private static bool IsText(JsonElement item, ReadOnlySpan<byte> name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String;
}
