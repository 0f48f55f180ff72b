using System.Text.Json;

namespace AudienceSync.Host.Ingest;

/// <summary>An event whose type is known, while it is being read.</summary>
/// <param name="Item">The JSON that was sent.</param>
/// <param name="Type">Its type in the log.</param>
/// <param name="Id">The id that the sender gave it; null when there is none.</param>
/// <param name="Source">The sender.</param>
/// <param name="ReceivedAt">The current time.</param>
internal readonly record struct Incoming(JsonElement Item, string Type, string? Id, Source Source, DateTimeOffset ReceivedAt)
{
    /// <summary>
    /// Whether it removes a person: then no field that it does not need prevents it. Always false for an operator's request, because the
    /// operator can correct it: unreadable fields are refused.
    /// </summary>
    public bool IsRemoval { get; init; }

    /// <summary>The delivery id of the journey's step, of a source that has its outcome reported; null for none.</summary>
    public string? DeliveryId { get; init; }

    /// <summary>Whether it is a test send: validated, and without effect.</summary>
    public bool IsTest { get; init; }

    /// <summary>Whether the time is required when there is no id, because a retry would otherwise count twice.</summary>
    public bool TimeNeeded { get; init; }
}
