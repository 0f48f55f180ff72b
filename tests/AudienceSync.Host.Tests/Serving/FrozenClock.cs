namespace AudienceSync.Host.Tests.Serving;

/// <summary>The same time for ever, for tests that sit exactly on a limit. Timers and elapsed time run as ever.</summary>
public sealed class FrozenClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
