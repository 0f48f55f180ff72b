namespace AudienceSync.Host.Projecting;

/// <summary>The log holds an event of a key that this host has not read yet. Its keys must be read again.</summary>
public sealed class UnknownKeyException(string audienceKey)
    : Exception($"The log holds an event for {audienceKey}, which this host does not know as published.");
