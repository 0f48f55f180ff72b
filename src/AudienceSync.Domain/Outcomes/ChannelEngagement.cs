using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Outcomes;

/// <summary>Whether messages reach a person on a channel.</summary>
/// <param name="Deliverable">True as long as nothing is known to the contrary.</param>
/// <param name="Reason">Why not: <c>hard_bounce</c>, <c>complaint</c>, <c>blocked</c> or <c>soft_bounces</c>; null when it is
/// deliverable.</param>
/// <param name="Since">Since when not, by the sender's time.</param>
public readonly record struct Deliverability(bool Deliverable, string? Reason, DateTimeOffset? Since)
{
    /// <summary>Nothing is known to the contrary.</summary>
    public static Deliverability Unhindered => new(true, null, null);
}

/// <summary>
/// What the outcomes of one channel prove. Only maxima and sets are kept, so that neither order nor repetition changes the answer.
/// </summary>
public sealed record ChannelEngagement
{
    /// <summary>No outcome.</summary>
    public static readonly ChannelEngagement Empty = new();

    /// <summary>The latest delivery.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>The latest hard bounce.</summary>
    public DateTimeOffset? HardAt { get; init; }

    /// <summary>When a message was blocked last.</summary>
    public DateTimeOffset? BlockedAt { get; init; }

    /// <summary>The latest complaint.</summary>
    public DateTimeOffset? ComplaintAt { get; init; }

    /// <summary>Soft bounces: final ones only. A message that will be tried again has not bounced yet.</summary>
    public IReadOnlyList<DateTimeOffset> SoftBounces { get; init; } = Moments.None;

    /// <summary>Adds an outcome of this channel.</summary>
    public ChannelEngagement Apply(MessageOutcomeRecorded outcome)
    {
        var at = outcome.OccurredAt;
        return outcome switch
        {
            { Metric: OutcomeMetrics.Delivered } => this with { DeliveredAt = Latest.Of(DeliveredAt, at) },
            { Metric: OutcomeMetrics.Spammed } => this with { ComplaintAt = Latest.Of(ComplaintAt, at) },
            { Failure: DeliveryFailure.Hard } => this with { HardAt = Latest.Of(HardAt, at) },
            { Failure: DeliveryFailure.Blocked } => this with { BlockedAt = Latest.Of(BlockedAt, at) },
            { Failure: DeliveryFailure.Soft } when !OutcomeMetrics.IsRetried(outcome.Metric) => this with
            {
                SoftBounces = SoftBounces.With(at),
            },
            _ => this,
        };
    }

    /// <summary>Of two anchors of one person.</summary>
    public ChannelEngagement With(ChannelEngagement other) =>
        new()
        {
            DeliveredAt = Latest.Of(DeliveredAt, other.DeliveredAt),
            HardAt = Latest.Of(HardAt, other.HardAt),
            BlockedAt = Latest.Of(BlockedAt, other.BlockedAt),
            ComplaintAt = Latest.Of(ComplaintAt, other.ComplaintAt),
            SoftBounces = SoftBounces.With(other.SoftBounces),
        };

    /// <summary>
    /// The deliverability at a time. A later delivery proves that hard and soft bounces and blocks are over; only a later subscription ends
    /// a complaint.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="subscribedAt">The latest subscription.</param>
    /// <param name="rule">How many soft bounces within how many days make an address undeliverable.</param>
    public Deliverability At(DateTimeOffset now, DateTimeOffset? subscribedAt, SoftBounceRule rule)
    {
        if (HardAt is { } hard && !IsAfter(DeliveredAt, hard))
        {
            return new Deliverability(false, SuppressionReasons.HardBounce, hard);
        }

        if (ComplaintAt is { } complaint && !IsAfter(subscribedAt, complaint))
        {
            return new Deliverability(false, SuppressionReasons.Complaint, complaint);
        }

        if (BlockedAt is { } blocked && !IsAfter(DeliveredAt, blocked))
        {
            return new Deliverability(false, "blocked", blocked);
        }

        var since = now - rule.Within;
        var soft = SoftBounces.Where(at => at >= since && !IsAfter(DeliveredAt, at)).ToArray();
        return soft.Length >= rule.Count
            ? new Deliverability(false, SuppressionReasons.SoftBounces, soft[rule.Count - 1])
            : Deliverability.Unhindered;
    }

    /// <inheritdoc/>
    public bool Equals(ChannelEngagement? other) =>
        other is not null
        && (DeliveredAt, HardAt, BlockedAt, ComplaintAt) == (other.DeliveredAt, other.HardAt, other.BlockedAt, other.ComplaintAt)
        && SoftBounces.SequenceEqual(other.SoftBounces);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(DeliveredAt, HardAt, BlockedAt, ComplaintAt, SoftBounces.Count);

    private static bool IsAfter(DateTimeOffset? one, DateTimeOffset other) => one is { } at && at > other;
}

/// <summary>The later of two times, of which either may be unknown.</summary>
internal static class Latest
{
    public static DateTimeOffset? Of(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || (other is not null && other > one) ? other : one;
}
