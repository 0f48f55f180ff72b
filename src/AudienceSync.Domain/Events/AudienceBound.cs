using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>A version feeds a remote audience from now on. Names and fields are the storage format.</summary>
public sealed record AudienceBound(AudienceKey AudienceKey, RemoteAudience Remote, string By, string? Why) : IRegistryEvent
{
    public string Audience => AudienceKey.Audience;
}
