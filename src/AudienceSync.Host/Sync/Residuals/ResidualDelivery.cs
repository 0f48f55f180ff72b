using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Sync.Residuals;

/// <summary>A delivery that may be at a platform in addition to the ledger entry of the person.</summary>
/// <param name="Person">Who.</param>
/// <param name="Left">The residual delivery.</param>
/// <param name="Kind">Why.</param>
/// <param name="Row">The ledger entry of the person.</param>
/// <param name="InJob">Whether a job that has not ended holds the person.</param>
public readonly record struct ResidualDelivery(PersonId Person, LedgerEntry Left, ResidualKind Kind, LedgerEntry Row, bool InJob)
{
    /// <summary>When its removal, which got no response, was sent; null when none is under way.</summary>
    public DateTimeOffset? SentAt { get; init; }
}
