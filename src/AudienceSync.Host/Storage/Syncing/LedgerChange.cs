using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Storage.Syncing;

/// <summary>What the ledger shall say of a person from now on.</summary>
public readonly record struct LedgerChange(PersonId Person, LedgerEntry Entry, string? Reason)
{
    /// <summary>Whether the ledger had no row of him when the page was read.</summary>
    public bool IsNew { get; init; }

    /// <summary>His row in the job that the call brought; null when no job holds him.</summary>
    public int? JobRow { get; init; }
}
