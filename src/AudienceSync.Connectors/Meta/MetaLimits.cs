namespace AudienceSync.Connectors.Meta;

/// <summary>The limits of Meta, and how long we wait for it.</summary>
public static class MetaLimits
{
    /// <summary>Rows in one request (contracts/meta.md 6.1).</summary>
    public const int MembersPerCall = 10_000;

    /// <summary>
    /// Meta reports an audience as too small (15.5) without a number; of customer lists, 100 matched accounts are what others report.
    /// </summary>
    private const long LeastMembers = 100;

    /// <summary>Without its parameter <c>payload</c> a call is invalid (14, code 100), and nothing else of ours is.</summary>
    private const string LostBody = "meta_100";

    /// <summary>How long we wait for a response.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The minimum wait when throttled without a stated time: further calls extend the block (13.1).</summary>
    public static readonly TimeSpan MinThrottleWait = TimeSpan.FromSeconds(60);

    /// <summary>The maximum wait, whatever a response requests.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromHours(24);

    /// <summary>While a replace session runs, membership cannot be changed (8); Meta's own clients retry every five minutes.</summary>
    public static readonly TimeSpan ReplaceRunningWait = TimeSpan.FromMinutes(5);

    /// <summary>How long a new list may be unknown to the users edge (14, code 803).</summary>
    public static readonly TimeSpan NewListGrace = TimeSpan.FromMinutes(10);

    /// <summary>A replacement must be complete this long after its first batch (7).</summary>
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromMinutes(90);

    /// <summary>A block for abuse is temporary and must not be retried early (14, code 368).</summary>
    public static readonly TimeSpan AbuseWait = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Meta responds at once but applies membership within 24 hours (15.1) and guarantees no order for overlapping calls, so adds and
    /// removes of one list must not overlap.
    /// </summary>
    public static DestinationLimits For(TimeSpan callTimeout) =>
        new(MembersPerCall, callTimeout, OrderedCalls: false)
        {
            // A row is matched to a person (6.3), who is in the audience or is not.
            MatchesPeople = true,
            LeastMembers = LeastMembers,

            // A removal is a DELETE with a body (2).
            LostBodyCode = LostBody,

            // The higher tier (13.1). The lower one allows less, which the usage headers report as a share of the allowance.
            Allowances = [new("hour", 190_000, TimeSpan.FromHours(1))],
        };
}
