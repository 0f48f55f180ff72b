namespace AudienceSync.Connectors.CustomerIo;

/// <summary>
/// Spaces requests evenly: each takes the next free place in time and waits for it, so no second has more than its number, and a pause is
/// not made up for by a burst. Safe for overlapping calls.
/// </summary>
/// <param name="perSecond">Requests a second, at least 1.</param>
/// <param name="clock">Measures and waits.</param>
internal sealed class CustomerIoRate(int perSecond, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly TimeSpan _gap = TimeSpan.FromSeconds(1.0 / perSecond);
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>Returns when the next request may be sent.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            var mine = _next > now ? _next : now;
            _next = mine + _gap;
            wait = mine - now;
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, clock, cancellationToken);
        }
    }
}
