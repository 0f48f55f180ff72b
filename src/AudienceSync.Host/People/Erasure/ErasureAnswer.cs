using AudienceSync.Host.Ingest.Bodies;

namespace AudienceSync.Host.People.Erasure;

/// <summary>An erasure as it is returned: the request while it waits, the receipt afterwards. Holds no personal data.</summary>
/// <param name="Identifiers">How many identifiers are refused since the request.</param>
/// <param name="Bodies">What was done with the bodies that named the person.</param>
/// <param name="RefusedEvents">Events that named the person since the request.</param>
public sealed record ErasureAnswer(
    Guid Id,
    ErasureState State,
    string AskedBy,
    DateTimeOffset AskedAt,
    DateTimeOffset Deadline,
    ErasureAlarm Alarm,
    DateTimeOffset? EndedAt,
    int Identifiers,
    IReadOnlyList<ErasureRemoval> Destinations,
    ErasureAnswer.BodiesPart Bodies,
    long RefusedEvents,
    DateTimeOffset? LastRefusedAt
)
{
    /// <summary>Accounts at which the person was, or is to be, removed from every list, also from those that are not ours.</summary>
    public IReadOnlyList<AccountErasureCall> Accounts { get; private init; } = [];

    public static ErasureAnswer Of(
        ErasureRow erasure,
        IReadOnlyList<ErasureRemoval> removals,
        IReadOnlyList<AccountErasureCall> accounts,
        DateTimeOffset now
    ) =>
        new(
            erasure.Erasure,
            erasure.State,
            erasure.AskedBy,
            erasure.AskedAt,
            erasure.Deadline,
            ErasureAlarms.Of(erasure, now),
            erasure.EndedAt,
            erasure.Tombstones,
            removals,
            new BodiesPart(
                erasure.Bodies,
                erasure.Quarantined,
                DateOnly.FromDateTime(erasure.AskedAt.UtcDateTime).AddDays(BodyPartitionStore.RetentionDays + 1)
            ),
            erasure.RefusedEvents,
            erasure.LastRefusedAt
        )
        {
            Accounts = accounts,
        };

    /// <param name="RawEmptied">Raw bodies found by the person's events and emptied.</param>
    /// <param name="QuarantinedDeleted">Quarantined bodies that named the person.</param>
    /// <param name="RestGoneBy">
    /// A raw body that repeated an event of the person among new events of others cannot be found by the person; sealed as it is, it is
    /// dropped with its day, by this date.
    /// </param>
    public sealed record BodiesPart(int RawEmptied, int QuarantinedDeleted, DateOnly RestGoneBy);
}
