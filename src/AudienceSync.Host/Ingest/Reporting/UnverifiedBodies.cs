namespace AudienceSync.Host.Ingest.Reporting;

/// <summary>
/// Bounds the bodies that are in memory before their sender is known: a reporting webhook has no token, and its signature covers its body.
/// </summary>
public sealed class UnverifiedBodies
{
    private int _places = ReportLimits.UnverifiedBodies;

    /// <summary>Takes a place for one body; null when all are taken. Disposing gives it back.</summary>
    public IDisposable? TryTake()
    {
        if (Interlocked.Decrement(ref _places) >= 0)
        {
            return new Place(this);
        }

        Interlocked.Increment(ref _places);
        return null;
    }

    private sealed class Place(UnverifiedBodies bodies) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
            {
                Interlocked.Increment(ref bodies._places);
            }
        }
    }
}
