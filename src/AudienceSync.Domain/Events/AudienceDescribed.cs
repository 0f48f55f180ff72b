using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>What is said of an audience changed. Its keys did not. Names and fields are the storage format.</summary>
public sealed record AudienceDescribed(string Audience, AudienceText Text, string By, string? Why) : IRegistryEvent;
