using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>What a journey stated about a person and an audience key.</summary>
public interface IAudienceEvent : IStoredEvent
{
    AudienceKey AudienceKey { get; }

    /// <summary>The sender's time, to the microsecond (the precision of the store), in UTC.</summary>
    DateTimeOffset OccurredAt { get; }

    /// <summary>The name of the sender's source.</summary>
    string Source { get; }

    Consent Consent { get; }

    JourneyContext? Context { get; }
}
