namespace AudienceSync.Domain.Events;

/// <summary>A person is suppressed from targeting, everywhere or at one destination. Names and fields are the storage format.</summary>
/// <param name="OccurredAt">The sender's time; the later of this and a lifting counts, and on a tie the suppression.</param>
/// <param name="Source">The source that stated it.</param>
/// <param name="Destination">The destination; null for everywhere.</param>
/// <param name="Reason">The reason, as given by the source; no personal data.</param>
public sealed record PersonSuppressed(DateTimeOffset OccurredAt, string Source, string? Destination, string? Reason) : IStoredEvent;
