using AudienceSync.Domain.Audiences;

namespace AudienceSync.Host.EventStore;

/// <summary>The latest add and remove of a person for one key, by the sender's time; null where there was none.</summary>
public sealed record KeyTimes(DateTimeOffset? AddedAt, DateTimeOffset? RemovedAt)
{
    /// <summary>Present when the add is later than the remove; a tie is a removal.</summary>
    public bool IsPresent => AddedAt is { } added && (RemovedAt is not { } removed || added > removed);
}

/// <summary>
/// One anchor's stream, aggregated: the latest add and remove per key. Windows, links to other anchors, consent and suppression are not in
/// it; the membership projection has them.
/// </summary>
public sealed class PersonStream
{
    /// <summary>The anchor.</summary>
    public Guid Id { get; set; }

    public Dictionary<AudienceKey, KeyTimes> Keys { get; init; } = [];
}
