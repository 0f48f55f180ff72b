using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>A journey added a person to an audience. Names and fields are the storage format.</summary>
public sealed record AudienceMemberAdded(
    AudienceKey AudienceKey,
    DateTimeOffset OccurredAt,
    string Source,
    Consent Consent,
    JourneyContext? Context) : IAudienceEvent;
