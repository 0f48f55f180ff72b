namespace AudienceSync.Host.Tests.Serving;

/// <summary>
/// The system clock with an offset. Only the current time moves: timers and elapsed time run as usual, so loops continue by themselves. Not
/// a <c>FakeTimeProvider</c>, with which a whole Host would stand still between two advances.
/// </summary>
public sealed class OffsetClock : TimeProvider
{
    private long _offset_ticks;

    public OffsetClock() { }

    public OffsetClock(DateTimeOffset now) => Set(now);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _offset_ticks));

    public void Set(DateTimeOffset now) => Interlocked.Exchange(ref _offset_ticks, (now - System.GetUtcNow()).Ticks);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _offset_ticks, by.Ticks);
}
