using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>Another version feeds a remote audience from now on. Names and fields are the storage format.</summary>
public sealed record AudienceKeyPromoted(AudienceKey AudienceKey, AudienceKey From, RemoteAudience Remote, string By, string? Why) : IRegistryEvent
{
    /// <summary>Where late events of the former version go, once it feeds nothing. Written only when they are not kept.</summary>
    public LateEvents LateEvents { get; init; } = LateEvents.Keep;

    public string Audience => AudienceKey.Audience;
}
