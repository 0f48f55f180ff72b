using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Syncing;

/// <summary>A change to a residual delivery of a person.</summary>
/// <param name="Person">Who.</param>
/// <param name="Left">The residual delivery.</param>
/// <param name="Kind">Why.</param>
/// <param name="Rest">How long it is left alone; null when it is gone.</param>
/// <param name="Reason">Why it could not be removed; null when nothing was refused.</param>
public readonly record struct ResidualChange(PersonId Person, LedgerEntry Left, ResidualKind Kind, TimeSpan? Rest, string? Reason)
{
    /// <summary>When its removal was sent, if that may still be under way.</summary>
    public DateTimeOffset? SentAt { get; init; }
}
