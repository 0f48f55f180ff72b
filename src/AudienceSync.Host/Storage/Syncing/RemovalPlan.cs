namespace AudienceSync.Host.Storage.Syncing;

/// <summary>Removals that wait, or waited, for a human.</summary>
/// <param name="PlanId">By which it is approved. What it stands for only shrinks: whoever changes again leaves it.</param>
/// <param name="CutoverId">The walk of a switch; null for a range of the removal lane.</param>
/// <param name="AfterPos">The range: changes above it,</param>
/// <param name="UptoPos">up to this one.</param>
/// <param name="SiftedTo">Whose own will it is to be removed is out up to here.</param>
/// <param name="DoneTo">Removed up to here.</param>
/// <param name="ApprovedUntil">Until when it may be carried out; null before anybody approved it.</param>
/// <param name="IsCurrent">Whether the key that it was made for feeds still, by the same switch.</param>
public sealed record RemovalPlan(
    long PlanId, long? CutoverId, long AfterPos, long UptoPos, long SiftedTo, long DoneTo, DateTimeOffset? ApprovedUntil, bool IsCurrent)
{
    public bool IsApproved(DateTimeOffset now) => ApprovedUntil > now;
}

/// <summary>A piece of a range: whom to remove, how far it reaches, and whether the range goes on behind it.</summary>
public sealed record PlanPiece(List<LaneMember> Leavers, long Place, bool More);

/// <summary>What was counted of a range, or of a walk.</summary>
/// <param name="Removals">Members who may be there and must go, and whose own will that is not.</param>
/// <param name="Place">How far it reaches.</param>
/// <param name="More">Whether it goes on behind it.</param>
public readonly record struct PlanCount(long Removals, long Place, bool More);
