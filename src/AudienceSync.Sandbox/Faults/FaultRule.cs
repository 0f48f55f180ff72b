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

    /// <summary>Before the call, a person removes a member and adds an unknown one in the platform's own UI.</summary>
    HumanEdit,
    TermsNotAccepted,
    Flagged,
    ReplaceRunning,
    ReplaceFails,

    /// <summary>The whole call is refused as invalid.</summary>
    BadRequest,
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

    /// <summary>A batch of a full replacement of the members.</summary>
    Replace,

    /// <summary>Removes people from every list.</summary>
    Erase,

    /// <summary>Events and attributes of people, sent back to Customer.io.</summary>
    Feedback,

    /// <summary>A metric of a delivery, sent back to Customer.io.</summary>
    Metrics,

    /// <summary>A notice to Slack or PagerDuty.</summary>
    Alert,
}

/// <summary>
/// A scripted fault. Without <see cref="Count"/> and <see cref="Probability"/> it applies to every matching call until
/// cleared; with both, at most <see cref="Count"/> times and each time at random.
/// </summary>
internal sealed record FaultRule
{
    private const int MaxDelayMs = 600_000;
    private const int MaxJobS = 30 * 86_400;

    public required FaultKind Kind { get; init; }

    /// <summary>Null matches every platform that supports the kind, see <see cref="FaultScope"/>.</summary>
    public string? Platform { get; init; }

    /// <summary>Null matches every audience.</summary>
    public string? Audience { get; init; }

    /// <summary>Null matches every call that changes members; any other operation must be specified.</summary>
    public FaultOperation? Operation { get; init; }

    /// <summary>Delay before the fault takes effect, on the sandbox's clock; required for a delay, allowed for any kind.</summary>
    public int? DelayMs { get; init; }

    /// <summary>Duration of a slow job in seconds; required for <see cref="FaultKind.JobSlow"/> and not allowed otherwise.</summary>
    public int? JobS { get; init; }

    public int? Count { get; init; }

    public double? Probability { get; init; }

    public int Seed { get; init; }

    /// <summary>Start of the active period; null for immediately.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>End of the active period; null for no end.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <param name="owner">The platform of the audience, when the audience exists.</param>
    /// <returns>A validation error, or null.</returns>
    public string? Validate(string? owner) =>
        this switch
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
            {
                Audience: not null,
                Operation: FaultOperation.Create
                    or FaultOperation.Status
                    or FaultOperation.Token
                    or FaultOperation.Erase
                    or FaultOperation.Feedback
                    or FaultOperation.Metrics
                    or FaultOperation.Alert
            } => "create, status, token, erase, feedback, metrics and alert have no audience",
            _ when !Platforms.All.Any(platform => MayHit(platform.Name, owner) && platform.Faults.Supports(Kind, Operation)) =>
                $"{Platform ?? owner ?? "no platform"} does not support this kind with this operation",
            _ => null,
        };

    private bool MayHit(string platform, string? owner) => (Platform ?? owner ?? platform) == platform;
}
