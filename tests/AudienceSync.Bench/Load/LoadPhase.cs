namespace AudienceSync.Bench.Load;

/// <summary>The phase of the run, shared by all connections: read once per response, written three times per run.</summary>
internal sealed class LoadPhase
{
    private volatile bool _measuring;
    private volatile bool _stopped;

    public bool Measuring => _measuring;

    public bool Stopped => _stopped;

    public void Measure() => _measuring = true;

    public void Stop()
    {
        _measuring = false;
        _stopped = true;
    }
}
