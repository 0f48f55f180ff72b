namespace AudienceSync.Domain.Events;

/// <summary>A person gave or withdrew permission outside of a journey. Names and fields are the storage format.</summary>
public sealed record PersonConsentChanged(DateTimeOffset OccurredAt, string Source, Consent Consent) : IStoredEvent;
