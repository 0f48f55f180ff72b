namespace AudienceSync.Domain.Events;

/// <summary>What made the journey speak, for attribution and for finding the request. An allow-list: nothing else of a webhook's context is kept.</summary>
public sealed record JourneyContext(string? Journey, string? Step, string? Variant, string? Message);
