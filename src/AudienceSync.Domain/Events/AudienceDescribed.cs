using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>The description of an audience changed. Its keys did not. Names and fields are the storage format.</summary>
public sealed record AudienceDescribed(string Audience, AudienceText Text, string By, string? Why) : IRegistryEvent;
