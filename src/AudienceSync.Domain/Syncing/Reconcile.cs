using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Syncing;

/// <summary>
/// The difference between what is desired and what the ledger holds, for one member. Pure, so that the complete decision of what is sent is
/// this table, and the loops around it only carry it out.
/// </summary>
public static class Reconcile
{
    /// <param name="desired">Whether the member belongs in the remote audience now.</param>
    /// <param name="entry">The ledger entry of the member there.</param>
    /// <param name="revision">The member's current identifier revision.</param>
    /// <param name="normalizer">The destination's current normalizer.</param>
    /// <param name="omitted">Identifiers by which the key that feeds the binding does not match (design rule 9).</param>
    public static Step For(bool desired, LedgerEntry entry, int revision, NormalizerVersion normalizer, MatchKeys omitted = MatchKeys.None)
    {
        var same = entry.Revision == revision && entry.Normalizer == normalizer && entry.Omitted == omitted;
        return (desired, entry.Status) switch
        {
            (true, LedgerStatus.Absent) => Step.Add,
            (true, LedgerStatus.Delivered) => same ? Step.Nothing : Step.Replace,
            (true, LedgerStatus.Adding or LedgerStatus.Removing) => same ? Step.Add : Step.Replace,
            (true, LedgerStatus.Rejected or LedgerStatus.Invalid) => same ? Step.Nothing : Step.Add,
            (false, LedgerStatus.Delivered or LedgerStatus.Adding or LedgerStatus.Removing) => Step.Remove,
            (false, LedgerStatus.Absent or LedgerStatus.Rejected or LedgerStatus.Invalid) => Step.Nothing,
            _ => throw new ArgumentOutOfRangeException(nameof(entry), entry.Status, "There is no rule for this ledger status."),
        };
    }
}

/// <summary>What one member needs so that the remote audience becomes what is desired.</summary>
public enum Step
{
    Nothing = 0,
    Add,
    Remove,

    /// <summary>Remove what was delivered according to the ledger, then add what is current.</summary>
    Replace,
}

/// <summary>The operation of a call on a remote audience. A remote audience is a set, so both may be repeated without harm.</summary>
public enum MemberOperation
{
    Add = 1,
    Remove = 2,
}
