namespace AudienceSync.Domain.Syncing;

/// <summary>How long to wait before the same call is repeated.</summary>
public static class Backoff
{
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);

    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Doubles from <see cref="First"/> to <see cref="Longest"/>, then spread over [1/2, 1) of it so that hosts do not retry in step.
    /// </summary>
    /// <param name="attempts">Failed attempts so far, from 1.</param>
    /// <param name="chance">A random number in [0, 1).</param>
    public static TimeSpan After(int attempts, double chance)
    {
        var doublings = Math.Clamp(attempts - 1, 0, 20);
        var wait = Math.Min(First.TotalMilliseconds * Math.Pow(2, doublings), Longest.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(wait * (0.5 + (chance / 2)));
    }
}
