namespace AudienceSync.Domain.Events;

/// <summary>A person was erased: the person's salt, identifiers and aliases are deleted. Names and fields are the storage format.</summary>
public sealed record PersonErased(DateTimeOffset OccurredAt, Guid Erasure) : IStoredEvent;
