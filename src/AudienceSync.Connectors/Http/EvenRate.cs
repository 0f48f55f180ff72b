namespace AudienceSync.Connectors.Http;

/// <summary>
/// Spaces calls evenly: each takes the next free place in time and waits for it, so no second has more than its number, and a pause is not
/// made up for by a burst. Safe for overlapping calls.
/// </summary>
/// <param name="gap">The least time between two calls.</param>
/// <param name="clock">Measures and waits.</param>
internal sealed class EvenRate(TimeSpan gap, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <param name="calls">Calls a second, at least 1.</param>
    /// <param name="clock">Measures and waits.</param>
    public static EvenRate PerSecond(int calls, TimeProvider clock) => new(TimeSpan.FromSeconds(1.0 / calls), clock);

    /// <summary>Returns when the next call may be made.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            var mine = _next > now ? _next : now;
            _next = mine + gap;
            wait = mine - now;
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, clock, cancellationToken);
        }
    }
}
