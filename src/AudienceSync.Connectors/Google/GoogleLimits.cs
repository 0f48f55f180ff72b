namespace AudienceSync.Connectors.Google;

/// <summary>The limits of Google, and how long we wait for it.</summary>
public static class GoogleLimits
{
    /// <summary>Audience members in one request (contracts/google.md 6.2).</summary>
    public const int MembersPerCall = 10_000;

    /// <summary>Below this a list neither serves nor reports its size (4.6).</summary>
    public const long SmallestServing = 100;

    /// <summary>The longest time a list may keep a member; each new addition of the member restarts it (4.2).</summary>
    public const int MaxLifetimeD = 540;

    /// <summary>The call timeout of Google's own clients (6.5).</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(120);

    /// <summary>The longest interval between polls of a job: a day, half of the time after which the job is given up.</summary>
    public const int MaxJobCheckS = 86_400;

    /// <summary>Polling earlier or more often than this is not useful (6.7).</summary>
    public static readonly TimeSpan JobCheck = TimeSpan.FromMinutes(30);

    /// <summary>A limit per minute ends with the minute (6.6).</summary>
    public static readonly TimeSpan MinuteQuotaWait = TimeSpan.FromSeconds(60);

    /// <summary>A new token is fetched this long before the old one expires (2.1).</summary>
    public static readonly TimeSpan TokenMargin = TimeSpan.FromSeconds(60);

    /// <summary>Only used when the token endpoint does not return a lifetime (2.1).</summary>
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(50);

    /// <summary>How often a dry run is repeated.</summary>
    public static readonly TimeSpan DryRunWait = TimeSpan.FromMinutes(1);

    /// <summary>How far our clock may be ahead of Google's before removing all members as of a time would remove new members.</summary>
    public static readonly TimeSpan ClockMargin = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A daily quota resets at midnight in California. 08:00 UTC is that in winter and an hour later in summer, which is never too early
    /// and needs no table of time zones.
    /// </summary>
    private static readonly TimeSpan DailyResetUtc = TimeSpan.FromHours(8);

    /// <summary>The time until the daily quota resets (6.6).</summary>
    public static TimeSpan UntilDailyReset(DateTimeOffset now)
    {
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero) + DailyResetUtc;
        return (today > now ? today : today.AddDays(1)) - now;
    }

    /// <summary>
    /// Requests are processed later and in no guaranteed order (4.7, 6.7), so adds and removes of one list must not overlap.
    /// </summary>
    public static DestinationLimits For(TimeSpan callTimeout, TimeSpan jobCheck) =>
        new(MembersPerCall, callTimeout, OrderedCalls: false)
        {
            MatchesPeople = true,
            LeastMembers = SmallestServing,
            MembershipLifetime = TimeSpan.FromDays(MaxLifetimeD),
            FirstJobPoll = jobCheck,
            JobPollsPerMinute = 150,
            RequestsPerCall = GoogleMembers.MaxRequests,

            // Member mutations per project (6.6); what other programs of the project use shows only in Google's responses.
            Allowances = [new("minute", 300, TimeSpan.FromMinutes(1)), new("day", 100_000, TimeSpan.FromDays(1))],
        };
}
