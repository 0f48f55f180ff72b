using AudienceSync.Domain.Events;

namespace AudienceSync.Host.Projection;

/// <summary>The progress of the projection, and counts of the events it read. Every event read is applied or superseded.</summary>
/// <param name="Position">The last event folded.</param>
/// <param name="ChangedPos">The last number assigned to a changed row.</param>
/// <param name="Applied">Events that changed something, or that only had to be recorded.</param>
/// <param name="Superseded">Events that were read after a later one of their kind.</param>
public readonly record struct ProjectionProgress(Position Position, long ChangedPos, long Applied, long Superseded);
