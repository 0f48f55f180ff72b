namespace AudienceSync.Domain.Events;

/// <summary>A person was forgotten: his salt, identifiers and aliases are gone. Names and fields are the storage format.</summary>
public sealed record PersonErased(DateTimeOffset OccurredAt, Guid Erasure) : IStoredEvent;
