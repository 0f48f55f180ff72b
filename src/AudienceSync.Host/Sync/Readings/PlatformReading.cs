namespace AudienceSync.Host.Sync.Readings;

/// <summary>What a platform reported of a remote audience at one time.</summary>
/// <param name="ReadAt">When it was asked.</param>
/// <param name="State">
/// <c>ready</c>, <c>too_small</c>, <c>busy</c>, <c>warning</c>, <c>needs_human</c>, <c>unknown</c>; <c>failed</c> when it did not answer.
/// </param>
/// <param name="Code">The platform's own state; of a failed reading, why.</param>
/// <param name="AtLeast">Members matched, lower bound; null when not reported.</param>
/// <param name="AtMost">Upper bound.</param>
/// <param name="Eligible">Whether ads can be delivered to it; null when the report does not show it.</param>
/// <param name="MatchRate">The share of rows that matched, in percent; null when not reported.</param>
/// <param name="UpdatedAt">When its members changed last, as the platform reports it; null when not reported.</param>
/// <param name="Delivered">Members that were acknowledged at that time.</param>
public sealed record PlatformReading(
    DateTimeOffset ReadAt,
    string State,
    string Code,
    long? AtLeast,
    long? AtMost,
    bool? Eligible,
    int? MatchRate,
    DateTimeOffset? UpdatedAt,
    long Delivered
);
