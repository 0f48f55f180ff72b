namespace AudienceSync.Domain.Events;

/// <summary>A suppression ended. Names and fields are the storage format, as those of <see cref="PersonSuppressed"/>.</summary>
public sealed record PersonSuppressionLifted(DateTimeOffset OccurredAt, string Source, string? Destination, string? Reason) : IStoredEvent;
