namespace AudienceSync.Domain.History;

/// <summary>What became of an event, as far as one audience key is concerned. The order of arrival plays no part.</summary>
public enum EventEffect
{
    /// <summary>What he is follows from it: the later of the latest add and the latest remove, the last word on a question, the link that holds.</summary>
    Decides = 1,

    /// <summary>The latest of its kind, but the opposite was said later, or at the same time and counts more.</summary>
    Outweighed,

    /// <summary>A later one of its kind is known, or the same was said before.</summary>
    Superseded,

    /// <summary>It is about another key.</summary>
    OtherKey,

    /// <summary>It was only to be recorded.</summary>
    NoEffect,

    /// <summary>The projector has not read it yet.</summary>
    Waiting,
}

/// <summary>An event as it stands in a stream. <paramref name="Data"/> is its JSON in UTF-8.</summary>
public readonly record struct StreamEvent(Events.Position Position, Identity.PersonId Anchor, string Type, byte[] Data);

/// <summary>What became of an event.</summary>
/// <param name="Event">Where it is.</param>
/// <param name="Verdict">On what it is mainly about.</param>
/// <param name="By">The event that superseded or outweighed it; null when there is none.</param>
/// <param name="Permission">On what it says of permissions beside; null when nothing, or when that is what it is about.</param>
public readonly record struct EvaluatedEvent(StreamEvent Event, EventEffect Effect, Events.Position? By, EventEffect? Permission);
