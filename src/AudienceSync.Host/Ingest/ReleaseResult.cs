namespace AudienceSync.Host.Ingest;

/// <summary>What became of a quarantined event that somebody wanted released or discarded.</summary>
/// <param name="Id">The entry.</param>
/// <param name="Status">released, discarded, or still what it was: held.</param>
/// <param name="Receipt">The event's id in the log.</param>
/// <param name="Code">Why it still waits, by the code a webhook would get today.</param>
public sealed record ReleaseResult(Guid Id, string Status, Guid? Receipt, string? Code)
{
    public const string Released = "released";
    public const string Discarded = "discarded";
    public const string Held = "held";
}
