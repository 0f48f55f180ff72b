using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Events;

/// <summary>
/// An anchor was linked to a person, or to another person than before (docs/decisions/0009). Names and fields are the storage format.
/// </summary>
public sealed record PersonLinked(PersonId Owner) : IStoredEvent;
