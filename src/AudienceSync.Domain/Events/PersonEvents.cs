using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Events;

/// <summary>
/// The identifiers by which a person is reached changed. They are in the vault, under this revision; the event only causes every delivery
/// of the person to be evaluated again. Names and fields are the storage format.
/// </summary>
public sealed record PersonIdentifiersChanged(int Revision) : IStoredEvent;

/// <summary>
/// An anchor was linked to a person, or to another person than before (docs/decisions/0009). Names and fields are the storage format.
/// </summary>
public sealed record PersonLinked(PersonId Owner) : IStoredEvent;

/// <summary>A person gave or withdrew permission outside of a journey. Names and fields are the storage format.</summary>
public sealed record PersonConsentChanged(DateTimeOffset OccurredAt, string Source, Consent Consent) : IStoredEvent;

/// <summary>A person is suppressed from targeting, everywhere or at one destination. Names and fields are the storage format.</summary>
/// <param name="OccurredAt">The sender's time; the later of this and a lifting counts, and on a tie the suppression.</param>
/// <param name="Source">The source that stated it.</param>
/// <param name="Destination">The destination; null for everywhere.</param>
/// <param name="Reason">The reason, as given by the source; no personal data.</param>
public sealed record PersonSuppressed(DateTimeOffset OccurredAt, string Source, string? Destination, string? Reason) : IStoredEvent;

/// <summary>A suppression ended. Names and fields are the storage format, as those of <see cref="PersonSuppressed"/>.</summary>
public sealed record PersonSuppressionLifted(DateTimeOffset OccurredAt, string Source, string? Destination, string? Reason) : IStoredEvent;

/// <summary>A person is to be erased: from now on suppressed everywhere, permanently. Names and fields are the storage format.</summary>
public sealed record PersonErasureRequested(DateTimeOffset OccurredAt, Guid Erasure) : IStoredEvent;

/// <summary>A person was erased: the person's salt, identifiers and aliases are deleted. Names and fields are the storage format.</summary>
public sealed record PersonErased(DateTimeOffset OccurredAt, Guid Erasure) : IStoredEvent;
