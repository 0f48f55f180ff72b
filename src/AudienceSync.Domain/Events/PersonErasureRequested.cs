namespace AudienceSync.Domain.Events;

/// <summary>A person is to be forgotten: from here on barred everywhere, for good. Names and fields are the storage format.</summary>
public sealed record PersonErasureRequested(DateTimeOffset OccurredAt, Guid Erasure) : IStoredEvent;
