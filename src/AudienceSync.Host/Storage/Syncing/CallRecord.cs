using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Storage.Syncing;

/// <summary>A call as it is kept for people: what was said, what was answered, how long it took. Codes only, nothing a platform wrote.</summary>
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
