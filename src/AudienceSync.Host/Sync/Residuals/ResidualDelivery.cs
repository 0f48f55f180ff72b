using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Sync.Residuals;

/// <summary>Why a residual delivery exists. The numbers are stored; never renumber.</summary>
public enum ResidualKind : short
{
    /// <summary>Its removal was refused while another delivery took its row (<see cref="Refusals"/>).</summary>
    Refused = 1,

    /// <summary>An add whose response was lost may be carried out late (<see cref="InDoubtCalls"/>).</summary>
    LateAdd = 2,

    /// <summary>A removal whose response was lost may be carried out late.</summary>
    LateRemoval = 3,
}

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
