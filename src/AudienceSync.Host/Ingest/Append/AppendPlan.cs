using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>What to write for a batch, and what becomes of each of its items once that is committed.</summary>
/// <param name="Rows">The rows; the next plan of the same planner reuses them.</param>
/// <param name="Items">One outcome for each item, request by request: its events and then its quarantine entries.</param>
internal readonly record struct AppendPlan(AppendColumnsSql Rows, ItemOutcome[] Items);

/// <summary>The items of a batch before it is known which of its events may link.</summary>
/// <param name="Items">As in <see cref="AppendPlan.Items"/>; an event to append may still turn out not to be linkable.</param>
/// <param name="Contested">
/// Aliases of events that have new information about a known person: everyone they may affect must be loaded before the plan is made.
/// </param>
internal readonly record struct ClassifiedBatch(ItemOutcome[] Items, IReadOnlyCollection<AliasDigest> Contested);
