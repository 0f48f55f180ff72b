namespace AudienceSync.Host.Telemetry;

/// <summary>
/// How far the log of a workspace is, and its projector, as far as this Host knows without a query: it knows what it appended and what it
/// folded. Safe for several threads.
/// </summary>
public sealed class LogProgress
{
    private readonly Lock _lock = new();
    private long _head;
    private long? _folded;

    /// <summary>The last event of the log that this Host has appended or read; null before the first.</summary>
    public long? Head
    {
        get
        {
            lock (_lock)
            {
                return _head == 0 ? null : _head;
            }
        }
    }

    /// <summary>The last event folded; null while this Host is not the projector.</summary>
    public long? Folded
    {
        get
        {
            lock (_lock)
            {
                return _folded;
            }
        }
    }

    /// <summary>Events behind the projector; null while this Host is not the projector.</summary>
    public long? Lag
    {
        get
        {
            lock (_lock)
            {
                return _head - _folded;
            }
        }
    }

    /// <summary>An event was appended.</summary>
    public void Append(long position)
    {
        lock (_lock)
        {
            _head = Math.Max(_head, position);
        }
    }

    /// <summary>This Host is the projector, and has folded up to an event.</summary>
    public void Fold(long position)
    {
        lock (_lock)
        {
            _folded = position;
            _head = Math.Max(_head, position);
        }
    }

    /// <summary>This Host is the projector no longer.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _folded = null;
        }
    }
}
