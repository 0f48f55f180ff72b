using AudienceSync.Domain.Audiences;

namespace AudienceSync.Host.Storage.Audiences;

/// <summary>Somebody tried to change what a published key promised.</summary>
public sealed class AudienceKeyChangedException(AudienceKey key)
    : Exception($"The key {key} was published with another window and never changes. Publish version {key.Version + 1} of {key.Audience} instead.");
