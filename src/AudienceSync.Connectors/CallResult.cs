using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors;

/// <summary>The response of a platform, in our terms.</summary>
/// <param name="Outcome">What to do next, for the call as a whole.</param>
/// <param name="Invalid">Members we did not send because no identifier of theirs is usable at this platform.</param>
/// <param name="Rejected">Members that the platform rejected and identified. Empty unless <see cref="OutcomeKind.PartlyDone"/>.</param>
/// <param name="RejectedCount">How many rows the platform reports as rejected; may exceed <paramref name="Rejected"/>, which is a
/// sample.</param>
/// <param name="Job">The handle to poll later, for platforms that only accept the call at first.</param>
/// <param name="Usage">How much of the account's budget is used, as reported by the platform.</param>
/// <param name="PlatformRequestId">The platform's own id of the call, for its support.</param>
/// <param name="HttpStatus">The HTTP status; 0 when there was no response.</param>
public sealed record CallResult(
    Outcome Outcome,
    IReadOnlyList<RefusedMember> Invalid,
    IReadOnlyList<RefusedMember> Rejected,
    int RejectedCount = 0,
    JobHandle? Job = null,
    AccountUsage? Usage = null,
    string? PlatformRequestId = null,
    int HttpStatus = 0
)
{
    /// <summary>Requests that the call took; more than one when identified members were excluded and the rest was resent.</summary>
    public int Requests { get; init; } = 1;

    /// <summary>What the engine decides by.</summary>
    public CallAnswer ToAnswer() =>
        new(Outcome, Invalid, Rejected)
        {
            RejectedCount = RejectedCount,
            HasJob = Job is not null,
            Usage = Usage,
        };
}

/// <summary>The platform's receipt for an asynchronous job.</summary>
public readonly record struct JobHandle(string Value);

public enum JobState
{
    Running = 1,
    Confirmed,
    Failed,
    Lost,
}

/// <summary>The state of a job.</summary>
/// <param name="State">Whether it has ended, and how.</param>
/// <param name="Rejected">Members rejected and identified; empty where the platform reports only the count.</param>
/// <param name="Code">Why, as a stable code.</param>
/// <param name="RejectedCount">How many rows the platform reports as rejected.</param>
/// <param name="PollAgainAfter">When the poll failed or the job is running: how long to wait before the next poll; null for the engine's
/// own growing intervals.</param>
public sealed record JobReport(
    JobState State,
    IReadOnlyList<RefusedMember> Rejected,
    string Code,
    int RejectedCount = 0,
    TimeSpan? PollAgainAfter = null
);
