using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.EventStore;

/// <summary>An event as a projection reads it from the log.</summary>
public readonly record struct LogEvent(Position Position, PersonId Person, string Type, byte[] Data)
{
    /// <summary>When it was committed; an event that is read without it is not counted.</summary>
    public DateTimeOffset RecordedAt { get; init; }
}
