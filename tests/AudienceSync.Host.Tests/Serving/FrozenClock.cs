namespace AudienceSync.Host.Tests.Serving;

/// <summary>A constant time, for tests exactly on a limit. Timers and elapsed time run as usual.</summary>
public sealed class FrozenClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
