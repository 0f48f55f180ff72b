namespace AudienceSync.Connectors.Meta;

/// <summary>What Meta allows, and how patient we are with it.</summary>
public static class MetaLimits
{
    /// <summary>Rows in one request (contracts/meta.md 6.1).</summary>
    public const int MembersPerCall = 10_000;

    /// <summary>How long we wait for an answer.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The least we stay away when throttled without being told for how long: calling on lengthens the block (13.1).</summary>
    public static readonly TimeSpan MinThrottleWait = TimeSpan.FromSeconds(60);

    /// <summary>The most we stay away, whatever an answer says.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromHours(24);

    /// <summary>While a replace session runs, membership cannot be changed (8); its own clients ask again every five minutes.</summary>
    public static readonly TimeSpan ReplaceRunningWait = TimeSpan.FromMinutes(5);

    /// <summary>How long a list that was just made may be unknown to the edge of its members (14, code 803).</summary>
    public static readonly TimeSpan NewListGrace = TimeSpan.FromMinutes(10);

    /// <summary>A replacement must be over so long after its first batch (7).</summary>
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromMinutes(90);

    /// <summary>A block for abuse is temporary and must not be hurried (14, code 368).</summary>
    public static readonly TimeSpan AbuseWait = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Meta answers at once but settles membership within 24 hours (15.1) and promises no order for calls that overlap, so adds and
    /// removes of one list must not.
    /// </summary>
    public static DestinationLimits For(TimeSpan callTimeout) => new(MembersPerCall, callTimeout, OrderedCalls: false)
    {
        // A row is matched to a person (6.3), who is in the audience or is not.
        MatchesPeople = true,

        // Of the higher tier (13.1). The lower one allows less, which the usage headers tell as a share of what is allowed.
        Allowances = [new("hour", 190_000, TimeSpan.FromHours(1))],
    };
}
