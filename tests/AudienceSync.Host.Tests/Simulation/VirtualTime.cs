namespace AudienceSync.Host.Tests.Simulation;

/// <summary>The time of a simulation: it goes from one timer to the next.</summary>
internal sealed class VirtualTime(DateTimeOffset now) : WatchedTime(now)
{
    /// <summary>Advances the time and fires what is due, the earliest first. Time never goes back.</summary>
    public void MoveTo(DateTimeOffset then)
    {
        if (then > GetUtcNow())
        {
            SetUtcNow(then);
        }
    }
}
