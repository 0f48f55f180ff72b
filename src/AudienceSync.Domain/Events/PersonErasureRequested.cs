namespace AudienceSync.Domain.Events;

/// <summary>A person is to be erased: from now on suppressed everywhere, permanently. Names and fields are the storage format.</summary>
public sealed record PersonErasureRequested(DateTimeOffset OccurredAt, Guid Erasure) : IStoredEvent;
