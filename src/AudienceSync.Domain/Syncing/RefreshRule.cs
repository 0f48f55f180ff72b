namespace AudienceSync.Domain.Syncing;

/// <summary>
/// When a member is said again so that the platform does not forget him (contracts/google.md 4.2: 540 days after his last add). Between two
/// thirds and five sixths of the platform's time, each person at another point of it, so that a list that was filled in a day is not said again in a day.
/// </summary>
public static class RefreshRule
{
    /// <summary>How often a list is gone through for whoever is due.</summary>
    public static readonly TimeSpan RoundEvery = TimeSpan.FromDays(1);

    /// <summary>Nobody is due who was added after this.</summary>
    public static DateTimeOffset Latest(TimeSpan lifetime, DateTimeOffset now) => now - (lifetime * 2 / 3);

    /// <summary>Over so long a time members of one day are spread.</summary>
    public static TimeSpan Spread(TimeSpan lifetime) => lifetime / 6;
}
