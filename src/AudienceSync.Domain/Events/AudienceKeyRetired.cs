using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>A version accepts no more events. Names and fields are the storage format.</summary>
public sealed record AudienceKeyRetired(AudienceKey AudienceKey, string By, string? Why) : IRegistryEvent
{
    public string Audience => AudienceKey.Audience;
}
