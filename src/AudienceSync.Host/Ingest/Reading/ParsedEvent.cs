using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Quarantine;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>The result of parsing one event of a request: exactly one of an event to append, a quarantine reason, or a refusal.</summary>
public readonly record struct ParsedEvent(
    PendingEvent? Event,
    QuarantineReason? Quarantine,
    IngestProblem? Problem,
    EventId? Id,
    string? AudienceKey
)
{
    /// <summary>The bytes it was parsed from; for an event of an array, only its own part.</summary>
    public ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>The identifiers of the people it names; for an item that did not become an event, as far as they could be read.</summary>
    public Alias[] Named => Event?.Aliases ?? HeldNames ?? [];

    /// <summary>For an item that did not become an event: see <see cref="Named"/>. Null when it was not read.</summary>
    public Alias[]? HeldNames { get; init; }

    /// <summary>Whether it is a removal that waits for its key to be published, and is released at that time.</summary>
    public bool IsHeldRemoval { get; init; }

    /// <summary>The same event, held: only the append found that it cannot be applied.</summary>
    public ParsedEvent HeldFor(QuarantineReason reason) => Hold(reason, Id, audienceKey: null) with { Text = Text, HeldNames = Named };

    public static ParsedEvent Append(PendingEvent pending) => new(pending, null, null, pending.Id, null);

    public static ParsedEvent Hold(QuarantineReason reason, EventId? id, string? audienceKey) => new(null, reason, null, id, audienceKey);

    public static ParsedEvent Refuse(IngestProblem problem) => new(null, null, problem, null, null);
}
