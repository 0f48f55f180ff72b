namespace AudienceSync.Host.Ingest.Reading;

/// <summary>When an event happened.</summary>
/// <param name="At">The effective time.</param>
/// <param name="Written">The time that the sender wrote; null when there is none that can be read.</param>
/// <param name="TooFarAhead">Whether the event is held because of its time. Never true for a removal.</param>
public readonly record struct EventTime(DateTimeOffset At, DateTimeOffset? Written, bool TooFarAhead)
{
    /// <summary>The time that identifies a retry: the sender's own, however far ahead, otherwise the time of receipt.</summary>
    public DateTimeOffset Named => Written ?? At;

    /// <summary>The sender's time where a different time is effective; null where it is the same, or there is none.</summary>
    public DateTimeOffset? Replaced => Written is { } written && written != At ? written : null;
}
