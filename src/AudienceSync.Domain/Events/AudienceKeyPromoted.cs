using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>Another version feeds a remote audience from now on. Names and fields are the storage format.</summary>
public sealed record AudienceKeyPromoted(AudienceKey AudienceKey, AudienceKey From, RemoteAudience Remote, string By, string? Why) : IRegistryEvent
{
    public string Audience => AudienceKey.Audience;
}
