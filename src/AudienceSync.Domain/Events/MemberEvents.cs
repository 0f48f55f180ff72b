using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>What a journey stated about a person and an audience key.</summary>
public interface IAudienceEvent : IStoredEvent
{
    AudienceKey AudienceKey { get; }

    /// <summary>The sender's time, to the microsecond (the precision of the store), in UTC.</summary>
    DateTimeOffset OccurredAt { get; }

    /// <summary>The name of the sender's source.</summary>
    string Source { get; }

    Consent Consent { get; }

    JourneyContext? Context { get; }
}

/// <summary>A journey added a person to an audience. Names and fields are the storage format.</summary>
public sealed record AudienceMemberAdded(
    AudienceKey AudienceKey,
    DateTimeOffset OccurredAt,
    string Source,
    Consent Consent,
    JourneyContext? Context
) : IAudienceEvent;

/// <summary>A journey removed a person from an audience. Names and fields are the storage format.</summary>
public sealed record AudienceMemberRemoved(
    AudienceKey AudienceKey,
    DateTimeOffset OccurredAt,
    string Source,
    Consent Consent,
    JourneyContext? Context
) : IAudienceEvent;

/// <summary>
/// A person saw an ad or a message of this audience. It does not affect membership. Names and fields are the storage format.
/// </summary>
public sealed record AudienceExposureRecorded(
    AudienceKey AudienceKey,
    DateTimeOffset OccurredAt,
    string Source,
    Consent Consent,
    JourneyContext? Context
) : IAudienceEvent;

/// <summary>
/// What triggered the journey's request, for attribution and for finding the request. An allow-list: nothing else of a webhook's context is
/// kept.
/// </summary>
public sealed record JourneyContext(string? Journey, string? Step, string? Variant, string? Message);
