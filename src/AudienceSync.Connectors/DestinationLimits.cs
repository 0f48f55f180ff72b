namespace AudienceSync.Connectors;

/// <summary>What a platform allows, as far as the engine plans by it.</summary>
/// <param name="MembersPerCall">Members in one call at most.</param>
/// <param name="CallTimeout">How long we wait for an answer before the outcome counts as unknown.</param>
/// <param name="OrderedCalls">Whether the platform applies calls in the order of their answers; if not, adds and removes of one list never overlap.</param>
public sealed record DestinationLimits(int MembersPerCall, TimeSpan CallTimeout, bool OrderedCalls)
{
    /// <summary>How long an add holds at the platform; who is to stay must be added again before it has passed. Null when it holds for ever.</summary>
    public TimeSpan? MembershipLifetime { get; init; }

    /// <summary>How long an accepted job is left alone before the first question what became of it; null when there are no jobs.</summary>
    public TimeSpan? JobFirstLook { get; init; }

    /// <summary>
    /// Whether a removal takes whoever any identifier of a row matches, so that it may take another member, too, who shares some of them. False where each identifier is
    /// there for itself.
    /// </summary>
    public bool MatchesPeople { get; init; }

    /// <summary>Whether calls are only accepted, and jobs do the work.</summary>
    public bool WorksByJobs => JobFirstLook is not null;

    /// <summary>Questions after jobs in a minute at most; half of what the platform allows, so that two hosts may share a minute.</summary>
    public int JobQuestionsPerMinute { get; init; } = 60;

    /// <summary>Requests that one call may come to, where members are taken out or a token is fetched anew. So many must be left of each window before it is begun.</summary>
    public int RequestsPerCall { get; init; } = 1;

    /// <summary>Calls with members that the platform allows an account; empty when only its answers tell.</summary>
    public IReadOnlyList<CallAllowance> Allowances { get; init; } = [];
}

/// <summary>So many calls in any window of this length.</summary>
/// <param name="Name">Stable, by which its use is stored: <c>minute</c>, <c>day</c>.</param>
/// <param name="Calls">At most, in any window.</param>
/// <param name="Window">How long it is.</param>
public readonly record struct CallAllowance(string Name, int Calls, TimeSpan Window);
