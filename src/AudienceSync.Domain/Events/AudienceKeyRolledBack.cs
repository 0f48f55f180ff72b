using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>A promotion was rolled back. Names and fields are the storage format.</summary>
public sealed record AudienceKeyRolledBack(AudienceKey AudienceKey, AudienceKey From, RemoteAudience Remote, string By, string? Why) : IRegistryEvent
{
    public string Audience => AudienceKey.Audience;
}
