namespace AudienceSync.Connectors;

/// <summary>The limits of a platform that the engine plans with.</summary>
/// <param name="MembersPerCall">Maximum number of members in one call.</param>
/// <param name="CallTimeout">How long we wait for a response before the outcome counts as unknown.</param>
/// <param name="OrderedCalls">Whether the platform applies calls in the order of their responses; if not, adds and removes of one list
/// never overlap.</param>
public sealed record DestinationLimits(int MembersPerCall, TimeSpan CallTimeout, bool OrderedCalls)
{
    /// <summary>An account's worker sends nothing else while it waits.</summary>
    public const int MaxCallTimeoutS = 300;

    /// <summary>
    /// How long an add is valid at the platform; a member that is to stay must be added again before it expires. Null when it never
    /// expires.
    /// </summary>
    public TimeSpan? MembershipLifetime { get; init; }

    /// <summary>How long to wait after a job was accepted before the first poll; null when there are no jobs.</summary>
    public TimeSpan? FirstJobPoll { get; init; }

    /// <summary>
    /// Whether a removal removes every person that any identifier of a row matches, so that it may also remove another member who shares
    /// some of them. False where each identifier is stored independently.
    /// </summary>
    public bool MatchesPeople { get; init; }

    /// <summary>Whether calls are only accepted at first and processed by jobs.</summary>
    public bool UsesJobs => FirstJobPoll is not null;

    /// <summary>Maximum number of job polls per minute; half of what the platform allows, so that two hosts may share a minute.</summary>
    public int JobPollsPerMinute { get; init; } = 60;

    /// <summary>
    /// Maximum number of requests of one call, where members are excluded or a new token is fetched. Each window must have this many left
    /// before the call begins.
    /// </summary>
    public int RequestsPerCall { get; init; } = 1;

    /// <summary>With fewer matched members the platform delivers no ads to a remote audience; null when it has no such minimum.</summary>
    public long? LeastMembers { get; init; }

    /// <summary>
    /// The code of the response to a removal whose body was lost on the way: some proxies remove the body of a DELETE. Null where removals
    /// are sent by another method.
    /// </summary>
    public string? LostBodyCode { get; init; }

    /// <summary>Calls with members that the platform allows an account; empty when only its responses show the limit.</summary>
    public IReadOnlyList<CallAllowance> Allowances { get; init; } = [];
}

/// <summary>A maximum number of calls in any window of this length.</summary>
/// <param name="Name">Stable name under which its use is stored: <c>minute</c>, <c>day</c>.</param>
/// <param name="Calls">Maximum in any window.</param>
/// <param name="Window">Length of the window.</param>
public readonly record struct CallAllowance(string Name, int Calls, TimeSpan Window);
