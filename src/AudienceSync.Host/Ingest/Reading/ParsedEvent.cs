using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Quarantine;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>The result of parsing one event of a request: exactly one of an event to append, a quarantine reason, or a refusal.</summary>
public readonly record struct ParsedEvent(PendingEvent? Event, QuarantineReason? Quarantine, IngestProblem? Problem, EventId? Id, string? AudienceKey)
{
    /// <summary>The bytes it was parsed from; for an event of an array, only its own part.</summary>
    public ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>The person it names; for an item that did not become an event, as far as that could be read.</summary>
    public Mention? Mention => Event?.Mention ?? Held;

    public Mention? Held { get; init; }

    /// <summary>Whether it is a removal that waits for its key to be published, and is released at that time.</summary>
    public bool IsHeldRemoval { get; init; }

    public static ParsedEvent Append(PendingEvent pending) => new(pending, null, null, pending.Id, null);

    public static ParsedEvent Hold(QuarantineReason reason, EventId? id, string? audienceKey) => new(null, reason, null, id, audienceKey);

    public static ParsedEvent Refuse(IngestProblem problem) => new(null, null, problem, null, null);
}
