namespace AudienceSync.Domain.Events;

/// <summary>
/// A change of an audience's registry entry, on the audience's stream. The time it happened is the stored event's own time.
/// </summary>
public interface IRegistryEvent : IStoredEvent
{
    /// <summary>The audience's name.</summary>
    string Audience { get; }

    /// <summary>The author of the change.</summary>
    string By { get; }

    /// <summary>The reason, when one was given.</summary>
    string? Why { get; }
}
