using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Exposures;

/// <summary>
/// A row of the exposure log, before it has a position. It names nobody: a person is a uuid, and is stored as their token.
/// </summary>
/// <param name="Kind">What it states.</param>
/// <param name="Person">The root of the person's anchors.</param>
/// <param name="OccurredAt">The sender's time.</param>
public sealed record ExposureRow(ExposureKind Kind, PersonId Person, DateTimeOffset OccurredAt)
{
    /// <summary>When we received it; null for what we did ourselves.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    public int? KeyId { get; init; }

    public ExposureArm Arm { get; init; }

    public string? Experiment { get; init; }

    /// <summary>One of <see cref="ExposureReasons"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>The destination of what is about one, and not about a binding.</summary>
    public string? Destination { get; init; }

    public int? BindingId { get; init; }

    public long? RunId { get; init; }

    public long? CallId { get; init; }

    /// <summary>From the receipt of what caused it to the acknowledgment of the platform.</summary>
    public long? LatencyMs { get; init; }

    public string? Source { get; init; }

    public string? CampaignId { get; init; }

    public string? JourneyId { get; init; }

    public string? ActionId { get; init; }
}
