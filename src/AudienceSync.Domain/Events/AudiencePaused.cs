namespace AudienceSync.Domain.Events;

/// <summary>Nothing is sent for an audience until it is resumed. Names and fields are the storage format.</summary>
public sealed record AudiencePaused(string Audience, string By, string? Why) : IRegistryEvent;
