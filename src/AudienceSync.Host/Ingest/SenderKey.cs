using System.Globalization;
using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// By what a retry is told from a new event: the body's <c>event_id</c>, else <c>x-cio-idempotency-key</c>, else <c>x-cio-delivery-id</c>,
/// else a composite of who, what, which key, which step and when. The word <c>unsent</c>, which templates render in test sends, is never one.
/// </summary>
/// <param name="IdempotencyKey">The header, null when absent.</param>
/// <param name="DeliveryId">The header, null when absent.</param>
public readonly record struct SenderKey(string? IdempotencyKey, string? DeliveryId)
{
    public const string IdempotencyKeyHeader = "x-cio-idempotency-key";
    public const string DeliveryIdHeader = "x-cio-delivery-id";

    private const string TestSend = "unsent";

    public static SenderKey Of(IHeaderDictionary headers) => new(
        headers.TryGetValue(IdempotencyKeyHeader, out var key) && key is [{ Length: > 0 } first] ? first : null,
        headers.TryGetValue(DeliveryIdHeader, out var delivery) && delivery is [{ Length: > 0 } id] ? id : null);

    /// <param name="item">The event.</param>
    /// <param name="index">Its place in an array, null for a single event: the headers then name the request and the place the event.</param>
    /// <param name="key">The key; null when the sender gave none.</param>
    /// <param name="isTest">Whether this is a test send.</param>
    public IngestProblem? TryRead(JsonElement item, int? index, out string? key, out bool isTest)
    {
        var problem = TextField.TryRead(item, "event_id"u8, Limits.EventIdChars, IngestProblem.InvalidEventId, out key);
        isTest = key == TestSend || IdempotencyKey == TestSend || DeliveryId == TestSend;
        if (problem is not null)
        {
            return IngestProblem.InvalidEventId;
        }

        if (key is null && (IdempotencyKey ?? DeliveryId) is { } header)
        {
            if (header.Length > Limits.EventIdChars)
            {
                return IngestProblem.InvalidEventId;
            }

            key = index is { } place ? string.Create(CultureInfo.InvariantCulture, $"{header}#{place}") : header;
        }

        return null;
    }

    /// <summary>The key of an event whose sender gave none. Who he speaks of goes in as a keyed digest: the id is in the log for ever.</summary>
    public static string Composite(Alias person, string type, AudienceKey audienceKey, JourneyContext? context, DateTimeOffset occurredAt) =>
        string.Create(CultureInfo.InvariantCulture, $"composite/{person.Digest.Value:N}/{type}/{audienceKey.Value}/{context?.Step}/{occurredAt.UtcTicks / 10}");
}
