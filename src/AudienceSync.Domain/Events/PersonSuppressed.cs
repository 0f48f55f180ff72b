namespace AudienceSync.Domain.Events;

/// <summary>A person is barred from targeting, everywhere or at one destination. Names and fields are the storage format.</summary>
/// <param name="OccurredAt">The sender's time; the later of this and a lifting counts, and on a tie this.</param>
/// <param name="Source">Who said so.</param>
/// <param name="Destination">Where; null everywhere.</param>
/// <param name="Reason">Why, in the words of who said so; no personal data.</param>
public sealed record PersonSuppressed(DateTimeOffset OccurredAt, string Source, string? Destination, string? Reason) : IStoredEvent;
