namespace AudienceSync.Domain.Syncing;

/// <summary>
/// When a member is sent again so that the platform does not forget the member (contracts/google.md 4.2: 540 days after the last add).
/// Between two thirds and five sixths of the platform's time, each person at a different point of it, so that a remote audience filled in
/// one day is not resent in one day.
/// </summary>
public static class RefreshRule
{
    /// <summary>How often a remote audience is swept for members that are due.</summary>
    public static readonly TimeSpan RoundEvery = TimeSpan.FromDays(1);

    /// <summary>Members added after this are not due.</summary>
    public static DateTimeOffset Latest(TimeSpan lifetime, DateTimeOffset now) => now - (lifetime * 2 / 3);

    /// <summary>The time over which members added on one day are spread.</summary>
    public static TimeSpan Spread(TimeSpan lifetime) => lifetime / 6;
}
