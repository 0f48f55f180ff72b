namespace AudienceSync.Host.Outcomes;

/// <summary>What this Host knows about the daemon of a workspace.</summary>
/// <param name="isUsed">Whether a source reports outcomes: otherwise no Host runs it.</param>
public sealed class DaemonHealth(bool isUsed)
{
    /// <summary>The name of its lease, its worker and its wake.</summary>
    public const string LeaseName = "engagement";

    private volatile bool _isPaused;

    /// <summary>Whether a source reports outcomes.</summary>
    public bool IsUsed => isUsed;

    /// <summary>Whether this Host runs it, and one of its shards is paused because it failed.</summary>
    public bool IsPaused
    {
        get => _isPaused;
        internal set => _isPaused = value;
    }
}
