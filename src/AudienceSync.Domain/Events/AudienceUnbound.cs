using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>A remote audience is no longer fed. What was delivered stays. Names and fields are the storage format.</summary>
public sealed record AudienceUnbound(string Audience, RemoteAudience Remote, string By, string? Why) : IRegistryEvent;
