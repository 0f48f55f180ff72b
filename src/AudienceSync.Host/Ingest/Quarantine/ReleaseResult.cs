namespace AudienceSync.Host.Ingest.Quarantine;

/// <summary>The outcome of a request to release or discard a quarantined event.</summary>
/// <param name="Id">The entry.</param>
/// <param name="Status">released, discarded, or held when it is unchanged.</param>
/// <param name="Receipt">The event's id in the log.</param>
/// <param name="Code">Why it is still held, as the code that a webhook would receive today.</param>
public sealed record ReleaseResult(Guid Id, string Status, Guid? Receipt, string? Code)
{
    public const string Released = "released";
    public const string Discarded = "discarded";
    public const string Held = "held";
}
