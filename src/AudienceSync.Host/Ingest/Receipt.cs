using AudienceSync.Domain.Decisions;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Quarantine;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// The response to the sender for one event. It is the same for the first webhook and for every retry, because journeys keep the response.
/// </summary>
/// <param name="Status">accepted, quarantined or refused.</param>
/// <param name="Id">The receipt: the event's id, or the quarantine entry's.</param>
/// <param name="Code">Why it was not accepted.</param>
/// <param name="Detail">The same as text.</param>
/// <param name="Duplicate">For the counters only; never in the response.</param>
public readonly record struct Receipt(string Status, Guid? Id, string? Code, string? Detail, bool Duplicate)
{
    /// <summary>Which parts of the event were left out; null when all of it was read.</summary>
    public EventWarning[]? Warnings { get; init; }

    public const string Accepted = "accepted";
    public const string Quarantined = "quarantined";
    public const string Refused = "refused";

    /// <summary>The receipt that an earlier request with the same signature received.</summary>
    internal static Receipt Repeated(KeptReceipt kept) =>
        kept switch
        {
            { Code: null } => new Receipt(Accepted, kept.Id, null, null, Duplicate: true),
            { Id: var id } when id == Guid.Empty => new Receipt(Refused, null, kept.Code, DetailOf(kept.Code), Duplicate: true),
            _ => new Receipt(Quarantined, kept.Id, kept.Code, DetailOf(kept.Code), Duplicate: true),
        };

    // An older version of this program may have stored a code that this version does not have.
    private static string DetailOf(string code) =>
        QuarantineReason.All.FirstOrDefault(reason => reason.Code == code)?.Detail
        ?? IngestProblem.All.FirstOrDefault(problem => problem.Code == code)?.Detail
        ?? (code == ErasedPerson.Refusal.Code ? ErasedPerson.Refusal.Detail! : "Same result as for the first request.");
}

/// <summary>The outcome of a request: a receipt for each event, or one problem for all.</summary>
public readonly record struct KeepResult(Receipt[] Receipts, IngestProblem? Problem)
{
    /// <summary>Whether the body was one event, and not an array or a batch: its sender receives the one receipt.</summary>
    public bool IsSingle { get; init; }

    /// <summary>
    /// Why the whole request was refused; null when it was not. <see cref="Problem"/> is another one when the body could not be kept, so
    /// that its sender must retry.
    /// </summary>
    public IngestProblem? Refusal { get; init; }

    /// <summary>What the response has beside the one receipt; null for nothing.</summary>
    public IReadOnlyList<NamedValue>? Fields { get; init; }
}
