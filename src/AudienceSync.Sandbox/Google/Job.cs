using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Google;

/// <summary>An accepted request: it takes effect only when it completes.</summary>
internal sealed class Job(string id, Credential owner, FaultOperation operation, DateTimeOffset acceptedAt, IReadOnlyList<JobPart> parts)
{
    public const string InternalError = "PROCESSING_ERROR_REASON_INTERNAL_ERROR";

    public string Id => id;

    public Credential Owner => owner;

    public FaultOperation Operation => operation;

    public DateTimeOffset AcceptedAt => acceptedAt;

    public IReadOnlyList<JobPart> Parts => parts;

    public DateTimeOffset DueAt { get; set; }

    /// <summary>For a remove-all request: members last added before this time are removed.</summary>
    public DateTimeOffset RemoveAsOf { get; init; }

    public FaultKind? Fault { get; init; }

    public bool Done { get; set; }

    public string StatusOf(JobPart part) =>
        this switch
        {
            { Done: false } => "PROCESSING",
            _ when part.Refused == 0 && Fault != FaultKind.JobFails => "SUCCESS",
            _ when Fault == FaultKind.JobFails || part.Refused == part.Records => "FAILED",
            _ => "PARTIAL_SUCCESS",
        };
}
