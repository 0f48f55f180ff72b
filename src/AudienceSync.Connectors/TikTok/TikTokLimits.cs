namespace AudienceSync.Connectors.TikTok;

/// <summary>The limits of TikTok, and how long we wait for it.</summary>
public static class TikTokLimits
{
    /// <summary>
    /// No limit published by TikTok was found; this is the default maximum of other integrations (contracts/tiktok.md 5.3).
    /// </summary>
    public const int DefaultMembersPerCall = 1_000;

    /// <summary>The maximum that any integration states (5.3).</summary>
    public const int MaxMembersPerCall = 10_000;

    /// <summary>With fewer matched people an audience cannot be used (11).</summary>
    public const long SmallestServing = 1000;

    /// <summary>Longer audience names are cut silently (5.1).</summary>
    public const int MaxNameChars = 70;

    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>A gateway error lasts about this long (4).</summary>
    public static readonly TimeSpan GatewayWait = TimeSpan.FromMinutes(5);

    /// <summary>An audience that is being computed is not editable; how long is not documented (10, code 40002).</summary>
    public static readonly TimeSpan NotEditableWait = TimeSpan.FromMinutes(15);

    /// <summary>Maintenance (10, code 60001).</summary>
    public static readonly TimeSpan MaintenanceWait = TimeSpan.FromMinutes(15);

    /// <summary>The number of waits for a per-second limit, before it must be a per-minute limit (9).</summary>
    private const int SecondSteps = 5;

    /// <summary>The number of waits for a per-minute limit, before it must be a daily limit (9).</summary>
    private const int MinuteSteps = 3;

    private static readonly TimeSpan MinuteLimitWait = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The response does not show which limit was hit: 1 s, 2 s, 4 s ... for a per-second limit, then 5 minutes for a per-minute limit,
    /// then until midnight UTC for a daily limit (9).
    /// </summary>
    /// <param name="inARow">Consecutive throttled responses, from 1.</param>
    /// <param name="now">The time of the response.</param>
    public static TimeSpan ThrottleWait(int inARow, DateTimeOffset now)
    {
        if (inARow <= SecondSteps)
        {
            return TimeSpan.FromSeconds(1 << (Math.Max(inARow, 1) - 1));
        }

        return inARow <= SecondSteps + MinuteSteps
            ? MinuteLimitWait
            : new DateTimeOffset(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero) - now;
    }

    /// <summary>
    /// Calls are acknowledged and applied later (11); no order is guaranteed, so adds and removes of one audience must not overlap.
    /// </summary>
    public static DestinationLimits For(int membersPerCall, TimeSpan callTimeout) =>
        new(membersPerCall, callTimeout, OrderedCalls: false)
        {
            LeastMembers = SmallestServing,

            // The basic tier of an app (9); a higher one shows only by the absence of throttling.
            Allowances =
            [
                new("second", 10, TimeSpan.FromSeconds(1)),
                new("minute", 600, TimeSpan.FromMinutes(1)),
                new("day", 864_000, TimeSpan.FromDays(1)),
            ],
        };
}
