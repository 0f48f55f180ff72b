using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Syncing;

/// <summary>The ledger entry of a person from now on.</summary>
public readonly record struct LedgerChange(PersonId Person, LedgerEntry Entry, string? Reason)
{
    /// <summary>Whether the ledger had no row for the person when the page was read.</summary>
    public bool IsNew { get; init; }

    /// <summary>The person's row in the job that the call returned; null when no job holds the person.</summary>
    public int? JobRow { get; init; }
}
