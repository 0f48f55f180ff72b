namespace AudienceSync.Host.Ingest;

/// <summary>Finds what the responses to a source have beside their receipts, by the source's name.</summary>
public interface IReceiptFieldSources
{
    IReceiptFields? Of(string source);
}
