namespace AudienceSync.Host.People.Erasure;

/// <summary>The state of an erasure. The numbers are stored; never renumber.</summary>
public enum ErasureState : short
{
    /// <summary>Restricted everywhere; waits until no platform has the person any more.</summary>
    Waiting = 1,

    /// <summary>The person's identifiers are destroyed.</summary>
    Erased = 2,

    /// <summary>No person was known by the named identifiers. They are refused from then on.</summary>
    Unknown = 3,
}

/// <summary>An erasure: the request while it waits, the receipt when it has ended. No personal data.</summary>
/// <param name="Anchors">The anchors of the person at the time of the request.</param>
/// <param name="Position">The projector must have passed it before anything is destroyed.</param>
/// <param name="Tombstones">Identifiers that are refused since the request.</param>
/// <param name="Bodies">Raw bodies that were emptied.</param>
/// <param name="Quarantined">Quarantined bodies that were deleted.</param>
/// <param name="RefusedEvents">Events that named the person afterwards.</param>
public sealed record ErasureRow(
    Guid Erasure,
    ErasureState State,
    string AskedBy,
    DateTimeOffset AskedAt,
    DateTimeOffset Deadline,
    IReadOnlyList<Guid> Anchors,
    long Position,
    int Tombstones,
    int Bodies,
    int Quarantined,
    DateTimeOffset? EndedAt,
    long RefusedEvents,
    DateTimeOffset? LastRefusedAt
);

/// <summary>One remote audience that received the person, and how the person was removed there.</summary>
/// <param name="Outcome">
/// What the ledger has for the person: absent, or still adding, delivered, removing; or why nothing was called.
/// </param>
/// <param name="RequestId">The platform's own id of the call.</param>
/// <param name="KeptForAnother">
/// Kinds of identifiers that the list still holds, because each belongs to another member by now: email, phone, details, device_id.
/// </param>
public sealed record ErasureRemoval(
    string Destination,
    string Platform,
    string Audience,
    string Remote,
    string Outcome,
    long? CallId,
    string? RequestId,
    DateTimeOffset? CalledAt,
    DateTimeOffset? RemovedAt,
    IReadOnlyList<string> KeptForAnother
);

/// <summary>All erasures together.</summary>
public sealed record ErasureCounts(long Waiting, long Erased, long Unknown, DateTimeOffset? EarliestDeadline, long RefusedEvents);
