namespace AudienceSync.Host.Ingest;

/// <summary>How the events of a body are arranged.</summary>
public enum BodyFormat
{
    /// <summary>A webhook: one event, or an array of them.</summary>
    Webhook = 1,

    /// <summary>A batch: an array of events, or one event.</summary>
    Batch,

    /// <summary>A batch that is declared as lines: one event in each.</summary>
    Lines,
}
