using System.Text.Json;

namespace AudienceSync.Shop.Feedback;

/// <summary>A person as the imitated Customer.io has them.</summary>
internal sealed record TrackPerson(
    string? Id,
    string? Email,
    IReadOnlyDictionary<string, TrackAttribute> Attributes,
    IReadOnlyList<TrackEvent> Events
);

/// <param name="Timestamp">Unix seconds.</param>
internal sealed record TrackAttribute(JsonElement Value, long Timestamp);

/// <param name="Deliveries">In how many requests it came; it is applied once.</param>
internal sealed record TrackEvent(string? Id, string Name, long Timestamp, FactData? Data, int Deliveries);

/// <summary>The data of an event about an audience.</summary>
internal sealed record FactData(string? AudienceKey, string? Audience, string? Destination, string? Platform, string? Reason);

/// <summary>An item of a batch that the imitated Customer.io refused.</summary>
/// <param name="Reason"><c>invalid</c> for an item that would be refused again.</param>
internal sealed record RefusedItem(string Reason, string? Action, string? EventId, IReadOnlyDictionary<string, string>? Identifiers)
{
    /// <summary>Whether sending it again would not help; else the engine must send it again.</summary>
    public bool IsFinal => Reason == "invalid";
}
