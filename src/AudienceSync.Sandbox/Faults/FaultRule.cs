using System.Text.Json.Serialization;

namespace AudienceSync.Sandbox.Faults;

internal enum FaultKind
{
    Delay,
    DropBefore,
    DropAfter,
    Throttle,
    ServerError,
    HtmlError,
    [JsonStringEnumMemberName("error_in_200")]
    ErrorIn200,
    TokenExpired,
    InvalidRows,
    Partial,
    SilentDrop,
    Ban,
    ListDeleted,
    NotEditable,
    Conflict,
    JobFails,
    JobLost,
    JobSlow,

    /// <summary>Before the call somebody takes a member out and puts a stranger in, in the platform's own pages.</summary>
    HumanEdit,
    TermsNotAccepted,
    Flagged,
    ReplaceRunning,
    ReplaceFails,
}

internal enum FaultOperation
{
    Add,
    Remove,
    RemoveAll,
    Create,
    Delete,
    Status,
    Token,

    /// <summary>A batch of a replacement of all members.</summary>
    Replace,

    /// <summary>Taking people out of every list.</summary>
    Erase,
}

/// <summary>
/// A scripted misbehaviour. Without <see cref="Count"/> and <see cref="Probability"/> it applies to every matching call until
/// cleared; with both, at most <see cref="Count"/> times and each time by chance.
/// </summary>
internal sealed record FaultRule
{
    private const int MaxDelayMs = 600_000;
    private const int MaxJobS = 30 * 86_400;

    public required FaultKind Kind { get; init; }

    /// <summary>Null matches every platform that knows the kind, see <see cref="FaultScope"/>.</summary>
    public string? Platform { get; init; }

    /// <summary>Null matches every audience.</summary>
    public string? Audience { get; init; }

    /// <summary>Null matches every call that changes members; every other must be named.</summary>
    public FaultOperation? Operation { get; init; }

    /// <summary>Waited before the fault takes effect, on the sandbox's clock; owed by a delay, allowed with any kind.</summary>
    public int? DelayMs { get; init; }

    /// <summary>Seconds a slow job takes; owed by <see cref="FaultKind.JobSlow"/> and by nothing else.</summary>
    public int? JobS { get; init; }

    public int? Count { get; init; }

    public double? Probability { get; init; }

    public int Seed { get; init; }

    /// <summary>In force from then on; null for at once.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>No longer in force from then on; null for never.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <param name="owner">The platform of the audience, when it has one by now.</param>
    /// <returns>What makes no sense, or null.</returns>
    public string? Complaint(string? owner) => this switch
    {
        { Platform: { } platform } when Platforms.Find(platform) is null => $"platform must be {Platforms.Names}",
        { Platform: { } platform } when owner is not null && owner != platform => $"the audience belongs to {owner}",
        { Kind: FaultKind.Delay, DelayMs: null } => "delay needs delay_ms",
        { DelayMs: < 0 or > MaxDelayMs } => $"delay_ms must be 0 to {MaxDelayMs}",
        { Kind: FaultKind.JobSlow, JobS: null } => "job_slow needs job_s",
        { Kind: not FaultKind.JobSlow, JobS: not null } => "job_s is for job_slow only",
        { JobS: < 1 or > MaxJobS } => $"job_s must be 1 to {MaxJobS}",
        { Count: < 1 } => "count must be at least 1",
        { Probability: not (null or (> 0 and <= 1)) } => "probability must be above 0 and at most 1",
        { From: { } from, Until: { } until } when until <= from => "until must be after from",
        { Audience: not null, Operation: FaultOperation.Create or FaultOperation.Status or FaultOperation.Token or FaultOperation.Erase } =>
            "create, status, token and erase have no audience",
        _ when !Platforms.All.Any(platform => MayHit(platform.Name, owner) && platform.Faults.Knows(Kind, Operation)) =>
            $"{Platform ?? owner ?? "no platform"} does not know this kind with this operation",
        _ => null,
    };

    private bool MayHit(string platform, string? owner) => (Platform ?? owner ?? platform) == platform;
}
