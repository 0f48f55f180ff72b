using AudienceSync.Domain.Identity;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>What a page of a lane comes to.</summary>
/// <param name="Removals">Said first.</param>
/// <param name="Adds">Said then.</param>
/// <param name="Moves">What the ledger shall say without a call: the platform would receive the very same.</param>
/// <param name="Later">A job holds them: they are looked at again when it has ended.</param>
public sealed record PagePlan(List<Telling> Removals, List<Telling> Adds, List<LedgerChange> Moves, List<PersonId> Later);

/// <summary>What former sayings come to whose removal was refused.</summary>
/// <param name="Removals">Said.</param>
/// <param name="Gone">Nothing remains of them that the present saying does not name.</param>
/// <param name="Later">Looked at again afterwards: the removal may take with it what the present saying put there.</param>
public sealed record RemainsPlan(List<Telling> Removals, List<RemainsChange> Gone, List<PersonId> Later);
