namespace AudienceSync.Host.Ingest;

/// <summary>What a source sends.</summary>
public enum SourceKind
{
    /// <summary>Webhooks of a journey, with a token.</summary>
    Journey,

    /// <summary>Customer.io's reporting webhooks: outcomes of messages, authenticated by their signature alone.</summary>
    CustomerIoReporting,
}
