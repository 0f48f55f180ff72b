namespace AudienceSync.Host.Ingest.Append;

/// <summary>The outcome of a request handed to the log.</summary>
public enum AppendResult
{
    /// <summary>Durable.</summary>
    Committed = 1,

    /// <summary>Storage is unavailable, or it is unknown whether it stored the request: the sender must send it again.</summary>
    StorageDown,

    /// <summary>The database will never accept this content. It must be kept in another form.</summary>
    Unstorable,

    /// <summary>
    /// The outcome is not known yet, and the sender must not wait any longer. If the request is committed later, the retry is a duplicate.
    /// </summary>
    TooSlow,
}
