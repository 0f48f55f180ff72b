using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>An audience was created. Names and fields are the storage format.</summary>
public sealed record AudienceRegistered(string Audience, AudienceText Text, string By, string? Why) : IRegistryEvent;
