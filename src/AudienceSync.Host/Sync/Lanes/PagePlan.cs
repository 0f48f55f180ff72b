using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Sync.Lanes;

/// <summary>The plan for a page of a lane.</summary>
/// <param name="Removals">Sent first.</param>
/// <param name="Adds">Sent second.</param>
/// <param name="Moves">Ledger changes without a call: the platform would receive exactly the same.</param>
/// <param name="Later">Held by a job: processed again when it has ended.</param>
public sealed record PagePlan(List<MemberDelivery> Removals, List<MemberDelivery> Adds, List<LedgerChange> Moves, List<PersonId> Later);

/// <summary>The plan for residual deliveries.</summary>
/// <param name="Removals">To be sent.</param>
/// <param name="Changed">Residual deliveries that are gone, or that wait, without a call.</param>
/// <param name="Moves">In doubt from now on: the lost call may remove what the current delivery put there.</param>
/// <param name="Later">Processed again afterwards: these, and members whose removal may have the same effect.</param>
public sealed record ResidualPlan(
    List<MemberDelivery> Removals,
    List<ResidualChange> Changed,
    List<LedgerChange> Moves,
    List<PersonId> Later
)
{
    /// <summary>
    /// Lost removals that can no longer be carried out: members that now hold what these may have removed are delivered again.
    /// </summary>
    public List<(PersonId Person, int Revision)> Redeliver { get; } = [];
}
