namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// Whether it pays to append without reading first: only after several reads in a row that found nothing. A host that has just started, or
/// that receives many old events again, keeps reading; one whose optimistic append was refused reads again for a while.
/// </summary>
internal sealed class FreshStreak
{
    /// <summary>A refused optimistic append costs about as much as two reads save, so it must succeed more often than not.</summary>
    internal const int Needed = 4;

    private int _reads;

    public bool Holds => _reads >= Needed;

    /// <param name="found">Whether the read found anything that was not cached.</param>
    public void Read(bool found) => _reads = found ? 0 : _reads + 1;

    public void Break() => _reads = 0;
}
