using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Syncing;

/// <summary>
/// What was delivered, or attempted: with which identifier revision and which normalizer, because it can be removed only by these.
/// </summary>
public readonly record struct LedgerEntry(LedgerStatus Status, int Revision, NormalizerVersion Normalizer)
{
    public static readonly LedgerEntry Absent;
}
