using AudienceSync.Host.Storage.Log;

namespace AudienceSync.Host.Ingest;

/// <summary>What the sender is told of one event. It is the same for the first webhook and for every retry, because journeys keep the answer.</summary>
/// <param name="Status">accepted, quarantined or refused.</param>
/// <param name="Id">The receipt: the event's id, or the quarantine entry's.</param>
/// <param name="Code">Why not accepted.</param>
/// <param name="Detail">The same in words.</param>
/// <param name="Duplicate">For the counters only; never in the answer.</param>
public readonly record struct Receipt(string Status, Guid? Id, string? Code, string? Detail, bool Duplicate)
{
    /// <summary>What of the event was left out; null when it was read whole.</summary>
    public EventWarning[]? Warnings { get; init; }

    public const string Accepted = "accepted";
    public const string Quarantined = "quarantined";
    public const string Refused = "refused";

    /// <summary>The receipt that a request with the same signature was given before.</summary>
    internal static Receipt Again(KeptReceipt kept) => kept switch
    {
        { Code: null } => new Receipt(Accepted, kept.Id, null, null, Duplicate: true),
        { Id: var id } when id == Guid.Empty => new Receipt(Refused, null, kept.Code, DetailOf(kept.Code), Duplicate: true),
        _ => new Receipt(Quarantined, kept.Id, kept.Code, DetailOf(kept.Code), Duplicate: true),
    };

    // An older version of this program may have given a code that this one does not know.
    private static string DetailOf(string code) =>
        QuarantineReason.All.FirstOrDefault(reason => reason.Code == code)?.Detail
        ?? IngestProblem.All.FirstOrDefault(problem => problem.Code == code)?.Detail
        ?? (code == ErasedPerson.Refusal.Code ? ErasedPerson.Refusal.Detail! : "As it was answered before.");
}

/// <summary>What became of a request: a receipt for each event, or one problem for all.</summary>
public readonly record struct KeepResult(Receipt[] Receipts, IngestProblem? Problem);
