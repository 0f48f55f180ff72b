namespace AudienceSync.Host.Projection;

/// <summary>The log contains an event of a key that this Host has not read yet. The keys must be reloaded.</summary>
public sealed class UnknownKeyException(string audienceKey)
    : Exception($"The log contains an event for {audienceKey}, which is not in the published keys of this Host.");
