using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Events;

/// <summary>An event as a projection reads it from the log.</summary>
/// <param name="Position">Its position in the log.</param>
/// <param name="Person">The person whose stream it is in; for a registry event, the id of the audience's stream.</param>
/// <param name="Type">Its alias; see <see cref="EventTypes"/>.</param>
/// <param name="Data">The event as JSON.</param>
/// <param name="RecordedAt">When it was committed.</param>
public readonly record struct LogEvent(Position Position, PersonId Person, string Type, byte[] Data, DateTimeOffset RecordedAt);
