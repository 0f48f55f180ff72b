using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalising;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>A member to be said, under the revision and normaliser by which he is to be said.</summary>
public readonly record struct Telling(PersonId Person, int Revision, NormaliserVersion Normaliser)
{
    /// <summary>What of him is said.</summary>
    public SayingParts Parts { get; init; } = SayingParts.All;

    /// <summary>What the ledger shall say when a removal is done; null for absent.</summary>
    public LedgerEntry? After { get; init; }

    /// <summary>Whether the ledger has no row of him yet.</summary>
    public bool IsNew { get; init; }

    /// <summary>Why he is removed though he is wanted; null mostly.</summary>
    public string? Reason { get; init; }

    /// <summary>For an add: what is said of him already, of which parts stay at the platform while he is said anew; null when nothing does.</summary>
    public LedgerEntry? Stays { get; init; }

    public LedgerEntry Entry(LedgerStatus status) => new(status, Revision, Normaliser);
}
