namespace AudienceSync.Host.EventStore;

/// <summary>The wakes of a workspace's loops, by the loop's name.</summary>
public sealed class Wakes(TimeProvider clock) : IDisposable
{
    /// <summary>Wakes the loop that keeps the Host's copy of the registry.</summary>
    public const string Registry = "registry";

    /// <summary>Wakes the projector.</summary>
    public const string Projector = "projector";

    /// <summary>Wakes the daemon that projects the outcomes of messages.</summary>
    public const string Engagement = "engagement";

    private readonly Dictionary<string, Wake> _wakes = new(StringComparer.Ordinal);

    /// <summary>The wake of a loop; the same one for the same name.</summary>
    public Wake Of(string loop)
    {
        lock (_wakes)
        {
            if (!_wakes.TryGetValue(loop, out var wake))
            {
                _wakes.Add(loop, wake = new Wake(clock));
            }

            return wake;
        }
    }

    public void Dispose()
    {
        foreach (var wake in _wakes.Values)
        {
            wake.Dispose();
        }
    }
}
