namespace AudienceSync.Host.Tests.Simulation;

/// <summary>The sandbox's view of the virtual clock: it says how many of the sandbox's calls sleep on it, which is how the driver knows that nothing moves but time.</summary>
internal sealed class SleepWatch(VirtualTime clock) : TimeProvider
{
    private int _asleep;

    public int Asleep => Volatile.Read(ref _asleep);

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    // Awake before the sleeper runs on, so that whoever looks between sees somebody at work.
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _asleep);
        return clock.CreateTimer(
            woken =>
            {
                Interlocked.Decrement(ref _asleep);
                callback(woken);
            },
            state,
            dueTime,
            period);
    }
}
