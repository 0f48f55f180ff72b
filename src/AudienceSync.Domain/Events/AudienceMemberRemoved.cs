using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>A journey removed a person from an audience. Names and fields are the storage format.</summary>
public sealed record AudienceMemberRemoved(
    AudienceKey AudienceKey,
    DateTimeOffset OccurredAt,
    string Source,
    Consent Consent,
    JourneyContext? Context) : IAudienceEvent;
