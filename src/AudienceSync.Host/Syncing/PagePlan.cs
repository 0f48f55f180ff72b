using AudienceSync.Domain.Identity;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>What a page of a lane comes to.</summary>
/// <param name="Removals">Said first.</param>
/// <param name="Adds">Said then.</param>
/// <param name="Moves">What the ledger shall say without a call: the platform would receive the very same.</param>
/// <param name="Later">A job holds them: they are looked at again when it has ended.</param>
public sealed record PagePlan(List<MemberDelivery> Removals, List<MemberDelivery> Adds, List<LedgerChange> Moves, List<PersonId> Later);

/// <summary>What comes of what may be at a platform beside the ledger.</summary>
/// <param name="Removals">Said.</param>
/// <param name="Changed">Nothing remains of these, or they wait, without a call.</param>
/// <param name="Moves">In doubt from now on: what was lost may take away what the present saying put there.</param>
/// <param name="Later">Looked at again afterwards: these, and whose removal may do the same.</param>
public sealed record ResidualPlan(List<MemberDelivery> Removals, List<ResidualChange> Changed, List<LedgerChange> Moves, List<PersonId> Later)
{
    /// <summary>Lost removals that can be carried out no more: whoever holds by now what they may have taken is delivered again.</summary>
    public List<(PersonId Person, int Revision)> Redeliver { get; } = [];
}
