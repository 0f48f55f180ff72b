using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Storage.Syncing;

/// <summary>A member whose row changed since the lane last looked, with what was delivered of him.</summary>
public readonly record struct LaneMember(PersonId Person, long ChangedPos, LedgerEntry Entry, int Revision)
{
    /// <summary>Whether a job that has not ended holds him.</summary>
    public bool InJob { get; init; }
}
