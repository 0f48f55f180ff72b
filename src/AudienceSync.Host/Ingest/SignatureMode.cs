namespace AudienceSync.Host.Ingest;

/// <summary>Whether a source signs its webhooks (contracts/customerio.md 1.6: a setting of each source).</summary>
public enum SignatureMode
{
    Off = 0,
    IfPresent,
    Required,
}
