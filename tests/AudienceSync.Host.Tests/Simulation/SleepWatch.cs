namespace AudienceSync.Host.Tests.Simulation;

/// <summary>
/// The sandbox's view of the virtual clock. It counts the sandbox's calls that sleep on it; when all of them sleep, only time can advance
/// the run. Not a <c>FakeTimeProvider</c>: it keeps no time, but forwards to the one of the run and counts only the sandbox's timers.
/// </summary>
internal sealed class SleepWatch(VirtualTime clock) : TimeProvider
{
    private int _asleep;

    public int Asleep => Volatile.Read(ref _asleep);

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    // The sleeper counts as awake before it continues, so that a check in between sees work in progress.
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
            period
        );
    }
}
