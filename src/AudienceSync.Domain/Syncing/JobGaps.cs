namespace AudienceSync.Domain.Syncing;

/// <summary>When to poll a platform again for the result of an accepted job.</summary>
public static class JobGaps
{
    public static readonly TimeSpan First = TimeSpan.FromMinutes(2);

    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>After this time without an end the job is no longer polled: it is parked, and an operator is notified.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(48);

    /// <summary>Doubles from <see cref="First"/> to <see cref="Longest"/>.</summary>
    /// <param name="polls">Polls so far, from 0.</param>
    public static TimeSpan After(int polls) =>
        TimeSpan.FromMinutes(Math.Min(First.TotalMinutes * Math.Pow(2, Math.Clamp(polls, 0, 20)), Longest.TotalMinutes));
}
