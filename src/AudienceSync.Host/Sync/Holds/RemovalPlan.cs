using AudienceSync.Host.Sync.Lanes;

namespace AudienceSync.Host.Sync.Holds;

/// <summary>Removals that wait, or waited, for an operator.</summary>
/// <param name="PlanId">The id to approve it by. Its content only shrinks: a member that changes again leaves it.</param>
/// <param name="CutoverId">The cutover whose sweep it is; null for a range of the removal lane.</param>
/// <param name="AfterPos">The range: changes above it,</param>
/// <param name="UptoPos">up to this one.</param>
/// <param name="SiftedTo">The opt-outs have been removed up to here.</param>
/// <param name="DoneTo">Removed up to here.</param>
/// <param name="ApprovedUntil">Until when it may be carried out; null before it is approved.</param>
/// <param name="IsCurrent">Whether the key that it was made for still feeds, since the same cutover.</param>
public sealed record RemovalPlan(
    long PlanId,
    long? CutoverId,
    long AfterPos,
    long UptoPos,
    long SiftedTo,
    long DoneTo,
    DateTimeOffset? ApprovedUntil,
    bool IsCurrent
)
{
    public bool IsApproved(DateTimeOffset now) => ApprovedUntil > now;
}

/// <summary>A page of a range: the members to remove, how far it reaches, and whether the range goes on behind it.</summary>
public sealed record PlanPage(List<LaneMember> ToRemove, long Place, bool More);

/// <summary>The count of a range, or of a sweep.</summary>
/// <param name="Removals">Members that may be there and must be removed, without the opt-outs.</param>
/// <param name="Place">How far it reaches.</param>
/// <param name="More">Whether it goes on behind it.</param>
public readonly record struct PlanCount(long Removals, long Place, bool More);
