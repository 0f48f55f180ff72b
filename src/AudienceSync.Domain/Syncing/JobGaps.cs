namespace AudienceSync.Domain.Syncing;

/// <summary>When to ask a platform again what became of an accepted job.</summary>
public static class JobGaps
{
    public static readonly TimeSpan First = TimeSpan.FromMinutes(2);

    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>After so long without an end nobody waits any more: the job is parked, and a human is told.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(48);

    /// <summary>Doubles from <see cref="First"/> to <see cref="Longest"/>.</summary>
    /// <param name="looks">Looks so far, from 0.</param>
    public static TimeSpan After(int looks) =>
        TimeSpan.FromMinutes(Math.Min(First.TotalMinutes * Math.Pow(2, Math.Clamp(looks, 0, 20)), Longest.TotalMinutes));
}
