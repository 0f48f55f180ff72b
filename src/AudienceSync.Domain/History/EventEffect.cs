namespace AudienceSync.Domain.History;

/// <summary>The effect of an event on one audience key. The order of arrival does not matter.</summary>
public enum EventEffect
{
    /// <summary>
    /// The current state follows from it: the later of the latest add and remove, the latest answer to a permission question, the link in
    /// effect.
    /// </summary>
    Decides = 1,

    /// <summary>The latest of its kind, but the opposite was stated later, or at the same time with precedence.</summary>
    Outweighed,

    /// <summary>A later event of its kind is known, or the same was stated earlier.</summary>
    Superseded,

    /// <summary>It belongs to another key.</summary>
    OtherKey,

    /// <summary>It is only recorded.</summary>
    NoEffect,

    /// <summary>The projector has not read it yet.</summary>
    Waiting,
}

/// <summary>An event as stored in a stream. <paramref name="Data"/> is its JSON in UTF-8.</summary>
public readonly record struct StreamEvent(Events.Position Position, Identity.PersonId Anchor, string Type, byte[] Data);

/// <summary>An event with its effect.</summary>
/// <param name="Event">The event.</param>
/// <param name="Effect">The effect on the main subject of the event.</param>
/// <param name="By">The event that superseded or outweighed it; null when there is none.</param>
/// <param name="Permission">The effect of its additional permissions; null when it has none, or when permissions are its main
/// subject.</param>
public readonly record struct EvaluatedEvent(StreamEvent Event, EventEffect Effect, Events.Position? By, EventEffect? Permission);
