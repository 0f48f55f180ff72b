using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync.Lanes;

namespace AudienceSync.Host.Sync.Runs;

/// <summary>Why a run began; the numbers are stored.</summary>
public enum RunCause : short
{
    /// <summary>Members changed.</summary>
    Changes = 1,

    /// <summary>Members were marked to be sent again: a resync, a refresh, or the end of a job that held them.</summary>
    Redelivery = 2,

    /// <summary>Another key feeds the remote audience.</summary>
    KeySwitch = 3,

    /// <summary>A removal plan.</summary>
    Plan = 4,

    /// <summary>Residual deliveries.</summary>
    Residual = 5,
}

/// <summary>The state of a run; the numbers are stored.</summary>
public enum RunState : short
{
    Running = 1,
    Completed = 2,

    /// <summary>Completed, and some members were rejected or invalid.</summary>
    CompletedWithRejects = 3,

    /// <summary>The lane rests until an operator acts.</summary>
    Stopped = 4,
}

/// <summary>The kind of a delivery; the numbers are stored, and are the indexes of a run's counts.</summary>
public enum DeliveryKind : short
{
    Add = 1,
    Remove = 2,

    /// <summary>An add of members that may be in the remote audience already, sent again.</summary>
    Refresh = 3,
}

/// <summary>What a lane is about to send, for its run.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Cause">Why the run begins, if it does.</param>
/// <param name="Kind">The kind of all deliveries of the call.</param>
/// <param name="Members">The members of the call.</param>
/// <param name="Fresh">Those of them that were not in a call before whose outcome is unknown.</param>
public readonly record struct RunIntent(Lane Lane, RunCause Cause, DeliveryKind Kind, int Members, int Fresh);

/// <summary>What became of a call, for the run and the log of deliveries.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Row">The deliveries.</param>
/// <param name="Attempted">Members that were sent.</param>
public sealed record RunOutcome(Lane Lane, DeliveryRow Row, int Attempted)
{
    /// <summary>How the run ends with this outcome; null when it goes on.</summary>
    public RunState? Ending { get; init; }

    /// <summary>Why the run stops.</summary>
    public string? Code { get; init; }

    /// <summary>Members that the platform no longer has, whose removal is measured.</summary>
    public IReadOnlyList<Guid> Measured { get; init; } = [];
}

/// <summary>The deliveries of one call.</summary>
/// <param name="Kind">The kind of all of them.</param>
/// <param name="Outcome">Of the call.</param>
/// <param name="People">Everyone whom the call was about, also those who could not be sent.</param>
/// <param name="Results">The distinct results: see <see cref="DeliveryResults"/>.</param>
/// <param name="Codes">For each person the number of the result, from 1; null when all have the first.</param>
public sealed record DeliveryRow(DeliveryKind Kind, Outcome Outcome, List<Guid> People, List<string> Results, List<short>? Codes)
{
    /// <summary>Everyone of a call with their result.</summary>
    public static DeliveryRow Of(DeliveryKind kind, Outcome outcome, IEnumerable<(Guid Person, string Result)> deliveries)
    {
        var (people, codes, results) = (new List<Guid>(), new List<short>(), new List<string>());
        foreach (var (person, result) in deliveries)
        {
            var place = results.IndexOf(result);
            if (place < 0)
            {
                place = results.Count;
                results.Add(result);
            }

            people.Add(person);
            codes.Add((short)(place + 1));
        }

        return new DeliveryRow(kind, outcome, people, results, results.Count == 1 ? null : codes);
    }

    /// <summary>Members whom the platform accepted.</summary>
    public int Accepted => Count(DeliveryResults.IsAccepted);

    /// <summary>Members who were rejected, or could not be sent.</summary>
    public int Rejected => Count(DeliveryResults.IsRejected);

    /// <summary>Members that are sent again.</summary>
    public int InDoubt => Count(DeliveryResults.IsInDoubt);

    /// <summary>How many members have each result.</summary>
    public IEnumerable<(string Result, int Members)> Counts() =>
        Codes is null
            ? [(Results[0], People.Count)]
            : Codes.CountBy(code => code).Select(counted => (Results[counted.Key - 1], counted.Value));

    private int Count(Func<string, bool> counts) => Counts().Where(counted => counts(counted.Result)).Sum(counted => counted.Members);
}
