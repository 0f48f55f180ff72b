namespace AudienceSync.Domain.Events;

/// <summary>A change of an audience's registry entry, on the audience's stream. When it happened is the stored event's own time.</summary>
public interface IRegistryEvent : IStoredEvent
{
    /// <summary>The audience's name.</summary>
    string Audience { get; }

    /// <summary>Who did it.</summary>
    string By { get; }

    /// <summary>Why, when he said so.</summary>
    string? Why { get; }
}
