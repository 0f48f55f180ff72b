using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Projection;

/// <summary>Counts, for one page, the adds and removes of draining versions.</summary>
public sealed class LateFold
{
    private readonly Dictionary<long, LateCount> _counts = [];

    /// <summary>The versions that are draining on this page.</summary>
    public IReadOnlyList<Drain> Drains { get; set; } = [];

    /// <summary>The counts that the page adds.</summary>
    public IReadOnlyCollection<LateCount> Counts => _counts.Values;

    public void Clear() => _counts.Clear();

    public void Note(int keyId, LogEvent logged)
    {
        foreach (var drain in Drains)
        {
            if (drain.IsLate(keyId, logged.Position))
            {
                _counts[drain.DrainId] = new LateCount(drain.DrainId, (_counts.TryGetValue(drain.DrainId, out var known) ? known.Events : 0) + 1, logged.RecordedAt);
            }
        }
    }
}
