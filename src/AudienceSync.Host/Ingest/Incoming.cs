using System.Text.Json;

namespace AudienceSync.Host.Ingest;

/// <summary>An event whose type is known, on its way through the reader.</summary>
/// <param name="Item">What was sent.</param>
/// <param name="Type">Its type in the log.</param>
/// <param name="Id">The sender's id of it; null when there is none.</param>
/// <param name="Source">The sender.</param>
/// <param name="ReceivedAt">Now.</param>
internal readonly record struct Incoming(JsonElement Item, string Type, string? Id, Source Source, DateTimeOffset ReceivedAt)
{
    /// <summary>
    /// Whether it takes somebody out: then no field that it does not need stops it. Of an operator, who is there to correct it, never: what
    /// cannot be read is refused.
    /// </summary>
    public bool IsRemoval { get; init; }

    /// <summary>Whether it is a test send: checked, and without effect.</summary>
    public bool IsTest { get; init; }

    /// <summary>Whether without an id the time must be given, or a retry would count twice.</summary>
    public bool TimeNeeded { get; init; }
}
