namespace AudienceSync.Host.Storage.Erasure;

/// <summary>Where an erasure stands. The numbers are stored; never renumber.</summary>
public enum ErasureState : short
{
    /// <summary>Barred everywhere; waits until no platform has him any more.</summary>
    Waiting = 1,

    /// <summary>His identifiers are destroyed.</summary>
    Erased = 2,

    /// <summary>Nobody was known by what was named. It is refused from then on.</summary>
    Unknown = 3,
}

/// <summary>An erasure: the request while it waits, the receipt when it has ended. No personal data.</summary>
/// <param name="Anchors">The anchors of the person when it was asked.</param>
/// <param name="Position">The projector must have passed it before anything is destroyed.</param>
/// <param name="Tombstones">Identifiers that are refused since.</param>
/// <param name="Bodies">Raw bodies that were emptied.</param>
/// <param name="Quarantined">Quarantined bodies that were deleted.</param>
/// <param name="RefusedEvents">Events that named him afterwards.</param>
public sealed record ErasureRow(
    Guid Erasure, ErasureState State, string AskedBy, DateTimeOffset AskedAt, DateTimeOffset Deadline, IReadOnlyList<Guid> Anchors, long Position,
    int Tombstones, int Bodies, int Quarantined, DateTimeOffset? EndedAt, long RefusedEvents, DateTimeOffset? LastRefusedAt);

/// <summary>One remote audience that got him, and how he was taken away there.</summary>
/// <param name="Outcome">What the ledger says of him: absent, or still adding, delivered, removing; or why nothing was called.</param>
/// <param name="RequestId">The platform's own word for the call.</param>
/// <param name="KeptForAnother">Kinds of identifiers that the list holds still, because each is another member's by now: email, phone, details, device_id.</param>
public sealed record ErasureRemoval(
    string Destination, string Platform, string Audience, string Remote, string Outcome, long? CallId, string? RequestId, DateTimeOffset? CalledAt,
    DateTimeOffset? RemovedAt, IReadOnlyList<string> KeptForAnother);

/// <summary>All erasures together.</summary>
public sealed record ErasureCounts(long Waiting, long Erased, long Unknown, DateTimeOffset? EarliestDeadline, long RefusedEvents);
