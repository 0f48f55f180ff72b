using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Storage.Syncing;

/// <summary>A member whose row changed since the lane last looked, with what was delivered of him.</summary>
/// <param name="Person">Who.</param>
/// <param name="ChangedPos">The number of his change.</param>
/// <param name="Entry">What the ledger holds of him.</param>
/// <param name="Revision">His identifiers now.</param>
/// <param name="Desired">Whether he belongs in this remote audience now: present, and allowed to be targeted here.</param>
public readonly record struct LaneMember(PersonId Person, long ChangedPos, LedgerEntry Entry, int Revision, bool Desired)
{
    /// <summary>Whether the ledger has no row of him.</summary>
    public bool IsNew { get; init; }

    /// <summary>When the ledger last wrote of him; null when that is not known.</summary>
    public DateTimeOffset? WrittenAt { get; init; }

    /// <summary>Whether a job that has not ended holds him.</summary>
    public bool InJob { get; init; }
}
