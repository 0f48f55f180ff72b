using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Syncing;

/// <summary>What was delivered, or tried: under which identifier revision and which normalizer, for only by these can it be removed.</summary>
public readonly record struct LedgerEntry(LedgerStatus Status, int Revision, NormalizerVersion Normalizer)
{
    public static readonly LedgerEntry Absent;
}
