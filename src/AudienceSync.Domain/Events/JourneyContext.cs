namespace AudienceSync.Domain.Events;

/// <summary>
/// What triggered the journey's request, for attribution and for finding the request. An allow-list: nothing else of a webhook's context is
/// kept.
/// </summary>
public sealed record JourneyContext(string? Journey, string? Step, string? Variant, string? Message);
