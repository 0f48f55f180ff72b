namespace AudienceSync.Host.Tests.Workspaces;

/// <summary>
/// The system's timers, with a time of day that the test sets. Not a <c>FakeTimeProvider</c>, whose timers fire only when it is advanced:
/// the loops and time-outs of a workspace or Host under test must run by themselves.
/// </summary>
internal sealed class SetClock(DateTimeOffset now) : TimeProvider
{
    private long _ticks = now.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
