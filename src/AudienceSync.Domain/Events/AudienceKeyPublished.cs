using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>A version of an audience came to be, with what never changes about it. Names and fields are the storage format.</summary>
public sealed record AudienceKeyPublished(
    AudienceKey AudienceKey,
    long? WindowS,
    string? Purpose,
    string? Owner,
    string? Definition) : IStoredEvent;
