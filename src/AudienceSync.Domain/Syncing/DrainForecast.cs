namespace AudienceSync.Domain.Syncing;

/// <summary>How long until what is pending now has been sent, if nothing is added and nothing fails.</summary>
public static class DrainForecast
{
    /// <param name="pendingCalls">The number of pending calls.</param>
    /// <param name="windows">The account's windows in their current state, with the allowed part of each.</param>
    /// <param name="latency">The duration of a call; calls are made one after the other.</param>
    /// <param name="blocked">How long the account must wait before the first call.</param>
    /// <param name="now">The present.</param>
    public static TimeSpan Of(
        long pendingCalls,
        IEnumerable<(SlidingWindow Window, int Allowed)> windows,
        TimeSpan latency,
        TimeSpan blocked,
        DateTimeOffset now
    )
    {
        if (pendingCalls <= 0)
        {
            return TimeSpan.Zero;
        }

        ArgumentNullException.ThrowIfNull(windows);
        var seconds = pendingCalls * latency.TotalSeconds;
        foreach (var (window, allowed) in windows)
        {
            // The remaining allowance is used at once, the rest as the window slides.
            var beyond = pendingCalls - Math.Max(0, allowed - window.Used(now));
            seconds = Math.Max(seconds, beyond / (double)Math.Max(1, allowed) * window.Length.TotalSeconds);
        }

        return TimeSpan.FromSeconds(seconds + Math.Max(0, blocked.TotalSeconds));
    }
}
