using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Storage.Syncing;

/// <summary>Why something remains. The numbers are stored; never renumber.</summary>
public enum ResidualKind : short
{
    /// <summary>Its removal was refused while another saying took its row (<see cref="Refusals"/>).</summary>
    Refused = 1,

    /// <summary>An add whose answer was lost may be carried out late (<see cref="InDoubtCalls"/>).</summary>
    LateAdd = 2,

    /// <summary>A removal whose answer was lost may be carried out late.</summary>
    LateRemoval = 3,
}

/// <summary>A saying that may be at a platform beside what the ledger holds of the person.</summary>
/// <param name="Person">Who.</param>
/// <param name="Left">The saying that is left.</param>
/// <param name="Kind">Why.</param>
/// <param name="Row">What the ledger holds of him.</param>
/// <param name="InJob">Whether a job that has not ended holds him.</param>
public readonly record struct ResidualDelivery(PersonId Person, LedgerEntry Left, ResidualKind Kind, LedgerEntry Row, bool InJob)
{
    /// <summary>When its removal was said, of which no answer is known; null when none is under way.</summary>
    public DateTimeOffset? SentAt { get; init; }
}

/// <summary>What remains of a person from now on.</summary>
/// <param name="Person">Who.</param>
/// <param name="Left">The saying.</param>
/// <param name="Kind">Why.</param>
/// <param name="Rest">How long it is left alone; null when nothing remains.</param>
/// <param name="Reason">Why it could not be removed; null when nothing was refused.</param>
public readonly record struct ResidualChange(PersonId Person, LedgerEntry Left, ResidualKind Kind, TimeSpan? Rest, string? Reason)
{
    /// <summary>When its removal was said, if that may still be under way.</summary>
    public DateTimeOffset? SentAt { get; init; }
}
