using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Storage.Syncing;

/// <summary>A member whose row changed since the lane last read it, with what was delivered for the member.</summary>
/// <param name="Person">Who.</param>
/// <param name="ChangedPos">The number of the member's change.</param>
/// <param name="Entry">The member's ledger entry.</param>
/// <param name="Revision">The member's current identifier revision.</param>
/// <param name="Desired">Whether the member belongs in this remote audience now: present, and allowed to be targeted here.</param>
public readonly record struct LaneMember(PersonId Person, long ChangedPos, LedgerEntry Entry, int Revision, bool Desired)
{
    /// <summary>Whether the ledger has no row for the member.</summary>
    public bool IsNew { get; init; }

    /// <summary>When the ledger row was last written; null when that is not known.</summary>
    public DateTimeOffset? WrittenAt { get; init; }

    /// <summary>Whether a job that has not ended holds the member.</summary>
    public bool InJob { get; init; }
}
