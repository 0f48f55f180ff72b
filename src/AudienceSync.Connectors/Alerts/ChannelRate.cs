namespace AudienceSync.Connectors.Alerts;

/// <summary>Spaces calls evenly: each takes the next free place in time and waits for it. Safe for overlapping calls.</summary>
internal sealed class ChannelRate(TimeSpan gap, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _next = DateTimeOffset.MinValue;

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
