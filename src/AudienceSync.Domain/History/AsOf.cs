using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.History;

/// <summary>What "at that moment" means. An event has two times: when it happened, and when we heard of it.</summary>
public enum AsOfMeaning
{
    /// <summary>
    /// Everything known today that had happened by then, however late we heard of it. A link has no time at which it happened: two addresses of
    /// one person were his before anybody said so, so links count as they are known today.
    /// </summary>
    Happened = 1,

    /// <summary>What we knew then: the log up to that moment, with the links and the permissions that it told of until then.</summary>
    Known = 2,
}

/// <summary>A moment to look back from.</summary>
/// <param name="At">The moment; windows are open or over as of it.</param>
/// <param name="Meaning">What counts.</param>
/// <param name="Last">The last event of the log that counts. By <see cref="AsOfMeaning.Known"/>, the last that was recorded by then.</param>
public readonly record struct AsOf(DateTimeOffset At, AsOfMeaning Meaning, Position Last)
{
    /// <summary>Whether a fact of an event at this place counts.</summary>
    public bool Counts(Position position, DateTimeOffset occurredAt) =>
        position.Value <= Last.Value && (Meaning == AsOfMeaning.Known || occurredAt <= At);
}
