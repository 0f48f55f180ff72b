namespace AudienceSync.Host.Ingest;

/// <summary>When an event happened.</summary>
/// <param name="At">What counts.</param>
/// <param name="Written">What the sender wrote; null when nothing that can be read.</param>
/// <param name="TooFarAhead">Whether the event waits because of it. Never of a removal.</param>
public readonly record struct EventTime(DateTimeOffset At, DateTimeOffset? Written, bool TooFarAhead)
{
    /// <summary>The time by which a retry is known: the sender's own, however far ahead, else that of receipt.</summary>
    public DateTimeOffset Named => Written ?? At;

    /// <summary>The sender's time where another counts; null where it is the same, or there is none.</summary>
    public DateTimeOffset? Replaced => Written is { } written && written != At ? written : null;
}
