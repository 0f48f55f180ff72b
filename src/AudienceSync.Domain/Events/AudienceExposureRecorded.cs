using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>
/// A person saw an ad or a message of this audience. It does not affect membership. Names and fields are the storage format.
/// </summary>
public sealed record AudienceExposureRecorded(
    AudienceKey AudienceKey,
    DateTimeOffset OccurredAt,
    string Source,
    Consent Consent,
    JourneyContext? Context) : IAudienceEvent;
