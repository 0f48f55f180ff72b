using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.History;

/// <summary>What "at that moment" means. An event has two times: when it happened, and when it was recorded.</summary>
public enum AsOfMeaning
{
    /// <summary>
    /// Everything known today that had happened by then, however late it was recorded. A link has no time at which it happened: two
    /// addresses belonged to one person before any source linked them, so links count as they are known today.
    /// </summary>
    Happened = 1,

    /// <summary>What was known then: the log up to that moment, with the links and permissions recorded by then.</summary>
    Known = 2,
}

/// <summary>A moment in the past for which history is evaluated.</summary>
/// <param name="At">The moment; windows are evaluated as of it.</param>
/// <param name="Meaning">What counts.</param>
/// <param name="Last">The last event of the log that counts. For <see cref="AsOfMeaning.Known"/>, the last that was recorded by
/// then.</param>
public readonly record struct AsOf(DateTimeOffset At, AsOfMeaning Meaning, Position Last)
{
    /// <summary>Whether a fact of an event at this position counts.</summary>
    public bool Counts(Position position, DateTimeOffset occurredAt) =>
        position.Value <= Last.Value && (Meaning == AsOfMeaning.Known || occurredAt <= At);
}
