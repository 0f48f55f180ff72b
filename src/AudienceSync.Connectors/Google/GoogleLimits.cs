namespace AudienceSync.Connectors.Google;

/// <summary>What Google allows, and how patient we are with it.</summary>
public static class GoogleLimits
{
    /// <summary>Audience members in one request (contracts/google.md 6.2).</summary>
    public const int MembersPerCall = 10_000;

    /// <summary>The longest a list may keep a member; a clock that each new addition of him starts anew (4.2).</summary>
    public const int MaxLifetimeD = 540;

    /// <summary>The call time-out of Google's own clients (6.5).</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(120);

    /// <summary>The longest that may be waited between questions about a job: a day, half of the time after which it is given up.</summary>
    public const int MaxJobCheckS = 86_400;

    /// <summary>Results before this are not worth a question, nor is another one sooner (6.7).</summary>
    public static readonly TimeSpan JobCheck = TimeSpan.FromMinutes(30);

    /// <summary>A limit per minute is over when the minute is (6.6).</summary>
    public static readonly TimeSpan MinuteQuotaWait = TimeSpan.FromSeconds(60);

    /// <summary>A token is fetched anew so long before it ends (2.1).</summary>
    public static readonly TimeSpan TokenMargin = TimeSpan.FromSeconds(60);

    /// <summary>Only used when the token endpoint does not say how long (2.1).</summary>
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(50);

    /// <summary>What is dry is asked again so often.</summary>
    public static readonly TimeSpan DryRunWait = TimeSpan.FromMinutes(1);

    /// <summary>How far our clock may be ahead of Google's before removing all as of a time would take fresh members.</summary>
    public static readonly TimeSpan ClockMargin = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A day's quota is new at midnight in California. 08:00 UTC is that in winter and an hour later in summer, which is never too
    /// early and needs no table of time zones.
    /// </summary>
    private static readonly TimeSpan DailyResetUtc = TimeSpan.FromHours(8);

    /// <summary>Until the daily quota is there again (6.6).</summary>
    public static TimeSpan UntilDailyReset(DateTimeOffset now)
    {
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero) + DailyResetUtc;
        return (today > now ? today : today.AddDays(1)) - now;
    }

    /// <summary>Requests are processed later and in no promised order (4.7, 6.7), so adds and removes of one list must not overlap.</summary>
    public static DestinationLimits For(TimeSpan callTimeout, TimeSpan jobCheck) => new(MembersPerCall, callTimeout, OrderedCalls: false)
    {
        MatchesPeople = true,
        MembershipLifetime = TimeSpan.FromDays(MaxLifetimeD),
        JobFirstLook = jobCheck,
        JobQuestionsPerMinute = 150,
        RequestsPerCall = GoogleMembers.MaxRequests,

        // Mutations of members by project (6.6); what other programs of the project use is told by its answers only.
        Allowances = [new("minute", 300, TimeSpan.FromMinutes(1)), new("day", 100_000, TimeSpan.FromDays(1))],
    };
}
