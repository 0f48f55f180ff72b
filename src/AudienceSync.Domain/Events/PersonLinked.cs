using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Events;

/// <summary>An anchor turned out to be another person's, or another's than before (docs/decisions/0009). Names and fields are the storage format.</summary>
public sealed record PersonLinked(PersonId Owner) : IStoredEvent;
