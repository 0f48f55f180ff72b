namespace AudienceSync.Domain.Events;

/// <summary>A paused audience is sent again. Names and fields are the storage format.</summary>
public sealed record AudienceResumed(string Audience, string By, string? Why) : IRegistryEvent;
