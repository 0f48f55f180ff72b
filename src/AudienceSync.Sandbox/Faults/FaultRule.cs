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
}

internal enum FaultOperation
{
    Add,
    Remove,
}

/// <summary>
/// A scripted misbehaviour. Without <see cref="Count"/> and <see cref="Probability"/> it applies to every matching call until
/// cleared; with both, at most <see cref="Count"/> times and each time by chance.
/// </summary>
internal sealed record FaultRule
{
    private const int MaxDelayMs = 600_000;

    public required FaultKind Kind { get; init; }

    /// <summary>Null matches every audience.</summary>
    public string? Audience { get; init; }

    /// <summary>Null matches adds and removes.</summary>
    public FaultOperation? Operation { get; init; }

    /// <summary>Waited before the fault takes effect, on the sandbox's clock; owed by a delay, allowed with any kind.</summary>
    public int? DelayMs { get; init; }

    public int? Count { get; init; }

    public double? Probability { get; init; }

    public int Seed { get; init; }

    public string? Complaint() => this switch
    {
        { Kind: FaultKind.Delay, DelayMs: null } => "delay needs delay_ms",
        { DelayMs: < 0 or > MaxDelayMs } => $"delay_ms must be 0 to {MaxDelayMs}",
        { Count: < 1 } => "count must be at least 1",
        { Probability: not (null or (> 0 and <= 1)) } => "probability must be above 0 and at most 1",
        _ => null,
    };
}
