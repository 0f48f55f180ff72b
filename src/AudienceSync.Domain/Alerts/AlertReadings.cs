namespace AudienceSync.Domain.Alerts;

/// <summary>An ad account.</summary>
/// <param name="Destination">Its name.</param>
/// <param name="StoppedCode">Why nothing is sent there until an operator acts; null when it is sent.</param>
/// <param name="StoppedAt">Since when.</param>
/// <param name="PausedAt">Since when an operator holds it.</param>
/// <param name="ThrottledSince">Since when every answer is a throttle.</param>
public sealed record AccountReading(
    string Destination,
    string? StoppedCode,
    DateTimeOffset? StoppedAt,
    DateTimeOffset? PausedAt,
    DateTimeOffset? ThrottledSince
)
{
    /// <summary>Removals of the last hour that were measured.</summary>
    public long Removals { get; init; }

    /// <summary>99 of 100 of them took at most so many seconds.</summary>
    public double RemovalP99S { get; init; }

    /// <summary>When the platform ends the version of its API that is used; null when it is not known to end.</summary>
    public VersionReading? Version { get; init; }
}

/// <summary>A version of a platform's API that ends, or has ended.</summary>
/// <param name="Code">Of the finding.</param>
/// <param name="HasEnded">Whether it has.</param>
public sealed record VersionReading(string Code, bool HasEnded);

/// <summary>A remote audience.</summary>
/// <param name="Destination">Its ad account.</param>
/// <param name="Audience">The audience, without version.</param>
/// <param name="Remote">The platform's id.</param>
/// <param name="StoppedCode">Why nothing is sent there; null when it is sent.</param>
/// <param name="WaitingRemovals">Members who were removed and whose removal was not acknowledged.</param>
/// <param name="OldestRemoval">When the first of them was removed.</param>
public sealed record BindingReading(
    string Destination,
    string Audience,
    string Remote,
    string? StoppedCode,
    long WaitingRemovals,
    DateTimeOffset? OldestRemoval
)
{
    /// <summary>Of the waiting removals, those that are older than the goal.</summary>
    public long LateRemovals { get; init; }

    /// <summary>What is counted over the whole audience; null until it was counted once.</summary>
    public BindingCounted? Counted { get; init; }

    /// <summary>What its platform last reported; null until it reported a size for long enough.</summary>
    public SizeReading? Size { get; init; }

    /// <summary>Its subject in alerts.</summary>
    public string Subject => $"{Destination}/{Audience}/{Remote}";
}

/// <summary>What a platform reported of a remote audience.</summary>
/// <param name="ReadAt">When.</param>
/// <param name="AtMost">Its members at most.</param>
/// <param name="Settled">
/// Members that it acknowledged and that stayed for as long as it may take to match them: the fewest of the last
/// <see cref="SettledAfter"/>.
/// </param>
public sealed record SizeReading(DateTimeOffset ReadAt, long AtMost, long Settled)
{
    /// <summary>Platforms need up to two days until a size follows the members.</summary>
    public static readonly TimeSpan SettledAfter = TimeSpan.FromHours(48);
}

/// <summary>Counts over a whole remote audience.</summary>
/// <param name="Desired">Members that it should have.</param>
/// <param name="Delivered">Members that were acknowledged.</param>
/// <param name="InDoubt">Members of calls without an answer.</param>
/// <param name="Refused">Desired members that the platform refused, or that have no usable identifier.</param>
/// <param name="StaleMinutes">The sum of the minutes since their removal over all members who may still be there.</param>
public sealed record BindingCounted(long Desired, long Delivered, long InDoubt, long Refused, double StaleMinutes);

/// <summary>A plan of removals that waits for an operator.</summary>
/// <param name="Plan">Its number.</param>
/// <param name="Destination">The ad account.</param>
/// <param name="Audience">The audience.</param>
/// <param name="Remote">The remote audience.</param>
/// <param name="Removals">Members it would remove.</param>
/// <param name="HeldAt">Since when.</param>
public sealed record PlanReading(long Plan, string Destination, string Audience, string Remote, long Removals, DateTimeOffset HeldAt);

/// <summary>What came of a source, or for an audience, hour by hour.</summary>
/// <param name="Name">The source or the audience.</param>
/// <param name="Hours">The hours in which something came, with how much, in order.</param>
/// <param name="LastAt">When something came the last time, as far as it is known; at least the end of the last hour.</param>
public sealed record FlowReading(string Name, IReadOnlyList<FlowHour> Hours, DateTimeOffset? LastAt);

/// <summary>One hour of a flow.</summary>
public readonly record struct FlowHour(DateTimeOffset Hour, long Events);

/// <summary>What of a source could not be applied in the last hour.</summary>
/// <param name="Source">Its name.</param>
/// <param name="Accepted">Events that were accepted.</param>
/// <param name="Refused">Bodies that were refused.</param>
/// <param name="Quarantined">Events that wait in quarantine.</param>
public sealed record FailureReading(string Source, long Accepted, long Refused, long Quarantined);

/// <summary>A channel by which people are alerted.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DeadCode">Why it does not work; null when it does.</param>
/// <param name="WaitsSince">Since when its oldest notice waits; null when none does.</param>
public sealed record ChannelReading(string Name, string? DeadCode, DateTimeOffset? WaitsSince);

/// <summary>What is read of a workspace before its rules are applied.</summary>
public sealed record AlertReadings
{
    public required DateTimeOffset At { get; init; }

    public IReadOnlyList<AccountReading> Accounts { get; init; } = [];

    public IReadOnlyList<BindingReading> Bindings { get; init; } = [];

    public IReadOnlyList<PlanReading> Plans { get; init; } = [];

    public IReadOnlyList<FlowReading> Sources { get; init; } = [];

    public IReadOnlyList<FlowReading> Audiences { get; init; } = [];

    public IReadOnlyList<FailureReading> Failures { get; init; } = [];

    public IReadOnlyList<ChannelReading> Channels { get; init; } = [];

    /// <summary>Events that were not folded.</summary>
    public long LagEvents { get; init; }

    /// <summary>When the first of them was recorded.</summary>
    public DateTimeOffset? LagSince { get; init; }

    /// <summary>Events and calls that are not in the exposure log.</summary>
    public long ExposureLag { get; init; }

    /// <summary>When the first of them was recorded.</summary>
    public DateTimeOffset? ExposureLagSince { get; init; }

    /// <summary>Tables that have no partition for tomorrow.</summary>
    public IReadOnlyList<string> MissingPartitions { get; init; } = [];

    /// <summary>The free share of the disk, 0 to 1; null when it is not known.</summary>
    public double? DiskFree { get; init; }

    /// <summary>The earliest deadline of an erasure that is not done.</summary>
    public DateTimeOffset? ErasureDeadline { get; init; }
}
