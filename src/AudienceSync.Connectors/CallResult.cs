using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors;

/// <summary>What a platform answered, in our words.</summary>
/// <param name="Outcome">What to do next, for the call as a whole.</param>
/// <param name="Invalid">Members we did not send because no identifier of theirs is usable at this platform.</param>
/// <param name="Rejected">Members the platform refused by name. Empty unless <see cref="OutcomeKind.PartlyDone"/>.</param>
/// <param name="RejectedCount">How many rows the platform says it refused; may exceed <paramref name="Rejected"/>, which is a sample.</param>
/// <param name="Job">Where to ask later, for platforms that only accept at first.</param>
/// <param name="Usage">How much of the account's budget the platform says is used.</param>
/// <param name="PlatformRequestId">The platform's own id of the call, for its support.</param>
/// <param name="HttpStatus">The HTTP status; 0 when there was no answer.</param>
public sealed record CallResult(
    Outcome Outcome,
    IReadOnlyList<RefusedMember> Invalid,
    IReadOnlyList<RefusedMember> Rejected,
    int RejectedCount = 0,
    JobHandle? Job = null,
    AccountUsage? Usage = null,
    string? PlatformRequestId = null,
    int HttpStatus = 0)
{
    /// <summary>Requests that it took; more than one where named members were taken out and the rest was sent again.</summary>
    public int Requests { get; init; } = 1;
}

/// <summary>A member by his place in the call, and why he was refused, as a stable code.</summary>
public readonly record struct RefusedMember(int Index, string Reason)
{
    /// <summary>Nothing by which the platform could match somebody.</summary>
    public const string NoUsableIdentifier = "no_usable_identifier";

    /// <summary>The member was delivered by a newer program than this one, whose digests cannot be made here.</summary>
    public const string UnknownNormalizer = "unknown_normalizer_version";
}

/// <summary>The platform's receipt for an asynchronous job.</summary>
public readonly record struct JobHandle(string Value);

/// <summary>Percentages of the account's allowance that are used up, and how long until the platform lets us in again.</summary>
public readonly record struct AccountUsage(int UsedPercent, TimeSpan? RegainAfter);

public enum JobState
{
    Running = 1,
    Confirmed,
    Failed,
    Lost,
}

/// <summary>What became of a job.</summary>
/// <param name="State">Whether it has ended, and how.</param>
/// <param name="Rejected">Members refused by name; empty where the platform tells only how many.</param>
/// <param name="Code">Why, as a stable code.</param>
/// <param name="RejectedCount">How many rows the platform says it refused.</param>
/// <param name="AskAgainAfter">When the question was not answered or the job runs: how long to wait before it is asked again; null for the engine's own growing gaps.</param>
public sealed record JobReport(
    JobState State, IReadOnlyList<RefusedMember> Rejected, string Code, int RejectedCount = 0, TimeSpan? AskAgainAfter = null);
