using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Storage.Syncing;

/// <summary>The record of a call for people: what was sent, the response, how long it took. Codes only, no text of a platform.</summary>
public sealed record CallRecord(
    MemberOperation Operation,
    int Members,
    int Refused,
    OutcomeKind Outcome,
    string Code,
    int HttpStatus,
    string? RequestId,
    DateTimeOffset SentAt,
    int LatencyMs)
{
    /// <summary>The job by which the platform will do it later; null when it is done.</summary>
    public AcceptedJob? Job { get; init; }
}
