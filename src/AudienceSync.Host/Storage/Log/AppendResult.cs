namespace AudienceSync.Host.Storage.Log;

/// <summary>What became of a request handed to the log.</summary>
public enum AppendResult
{
    /// <summary>Durable.</summary>
    Committed = 1,

    /// <summary>Storage is away, or it is not known whether it took it: the sender must say it again.</summary>
    StorageDown,

    /// <summary>The database will never take this content. It must be kept in another form.</summary>
    Unstorable,

    /// <summary>Nothing is known yet, and the sender must not wait any longer. What is committed later is found as a duplicate by the retry.</summary>
    TooSlow,
}
