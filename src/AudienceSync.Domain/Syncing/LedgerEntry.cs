using AudienceSync.Domain.Normalising;

namespace AudienceSync.Domain.Syncing;

/// <summary>What was delivered, or tried: under which identifier revision and which normaliser, for only by these can it be removed.</summary>
public readonly record struct LedgerEntry(LedgerStatus Status, int Revision, NormaliserVersion Normaliser)
{
    public static readonly LedgerEntry Absent;
}
