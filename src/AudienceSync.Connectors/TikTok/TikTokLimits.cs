namespace AudienceSync.Connectors.TikTok;

/// <summary>What TikTok allows, and how patient we are with it.</summary>
public static class TikTokLimits
{
    /// <summary>No figure of TikTok's own was found; this is what others send at most by default (contracts/tiktok.md 5.3).</summary>
    public const int DefaultMembersPerCall = 1_000;

    /// <summary>The most any integration states (5.3).</summary>
    public const int MaxMembersPerCall = 10_000;

    /// <summary>Longer audience names are cut without a word (5.1).</summary>
    public const int MaxNameChars = 70;

    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>A gateway's error lasts about so long (4).</summary>
    public static readonly TimeSpan GatewayWait = TimeSpan.FromMinutes(5);

    /// <summary>An audience that is being computed is not editable; how long is not documented (10, code 40002).</summary>
    public static readonly TimeSpan NotEditableWait = TimeSpan.FromMinutes(15);

    /// <summary>Maintenance (10, code 60001).</summary>
    public static readonly TimeSpan MaintenanceWait = TimeSpan.FromMinutes(15);

    /// <summary>The waits for a limit by the second, before it must be one by the minute (9).</summary>
    private const int SecondSteps = 5;

    /// <summary>The waits for a limit by the minute, before it must be one by the day (9).</summary>
    private const int MinuteSteps = 3;

    private static readonly TimeSpan MinuteLimitWait = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The answer does not say which limit was hit: 1 s, 2 s, 4 s ... for one by the second, then 5 minutes for one by the minute, then
    /// until midnight UTC for one by the day (9).
    /// </summary>
    /// <param name="inARow">Throttled answers without another between, from 1.</param>
    /// <param name="now">The time of the answer.</param>
    public static TimeSpan ThrottleWait(int inARow, DateTimeOffset now)
    {
        if (inARow <= SecondSteps)
        {
            return TimeSpan.FromSeconds(1 << (Math.Max(inARow, 1) - 1));
        }

        return inARow <= SecondSteps + MinuteSteps ? MinuteLimitWait : new DateTimeOffset(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero) - now;
    }

    /// <summary>Calls are acknowledged and applied later (11); no order is promised, so adds and removes of one audience must not overlap.</summary>
    public static DestinationLimits For(int membersPerCall, TimeSpan callTimeout) => new(membersPerCall, callTimeout, OrderedCalls: false)
    {
        // The basic tier of an app (9); a higher one is known only by not being throttled.
        Allowances = [new("second", 10, TimeSpan.FromSeconds(1)), new("minute", 600, TimeSpan.FromMinutes(1)), new("day", 864_000, TimeSpan.FromDays(1))],
    };
}
