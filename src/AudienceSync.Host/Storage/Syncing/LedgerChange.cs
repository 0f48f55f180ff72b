using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Storage.Syncing;

/// <summary>What the ledger shall say of a person from now on.</summary>
public readonly record struct LedgerChange(PersonId Person, LedgerEntry Entry, string? Reason);
