using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync.Jobs;

namespace AudienceSync.Host.Sync.Runs;

/// <summary>
/// The record of a call for people: what was sent, the response, how long it took. Codes only; the platform's own text is cleaned and
/// sealed.
/// </summary>
public sealed record CallRecord(
    MemberOperation Operation,
    int Members,
    int Refused,
    OutcomeKind Outcome,
    string Code,
    int HttpStatus,
    string? RequestId,
    DateTimeOffset SentAt,
    int LatencyMs
)
{
    /// <summary>The kind of its deliveries.</summary>
    public required DeliveryKind Kind { get; init; }

    /// <summary>Its request and response, sealed; null when nothing was sent over HTTP.</summary>
    public SealedExchange? Exchange { get; init; }

    /// <summary>The job by which the platform will do it later; null when it is done.</summary>
    public AcceptedJob? Job { get; init; }
}

/// <summary>A <see cref="Connectors.CallExchange"/>, encrypted.</summary>
public sealed record SealedExchange(short KeyVersion, byte[] Cipher);
