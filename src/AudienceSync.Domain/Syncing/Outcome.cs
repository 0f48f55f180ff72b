namespace AudienceSync.Domain.Syncing;

/// <summary>The outcome of a call, and its reason as a stable code (never a platform's text, which may quote what we sent).</summary>
/// <param name="Kind">What to do next.</param>
/// <param name="Code">Stable, lower case, for people and tests: <c>meta_80003_2446079</c>, <c>timeout</c>.</param>
/// <param name="Wait">How long the platform requested us to wait; null when it did not.</param>
public readonly record struct Outcome(OutcomeKind Kind, string Code, TimeSpan? Wait = null)
{
    /// <summary>The code of what waits because the account has no call left.</summary>
    public const string NoBudgetCode = "budget_used";

    public static readonly Outcome Done = new(OutcomeKind.Done, "done");

    /// <summary>No call is left for this long, so none was made.</summary>
    public static Outcome NoBudget(TimeSpan wait) => new(OutcomeKind.Snooze, NoBudgetCode, wait);

    /// <summary>
    /// How long this answer may only mean that a newly created remote audience has not propagated yet; null when it cannot mean that.
    /// </summary>
    public TimeSpan? Grace { get; init; }
}

/// <summary>
/// The closed set of meanings of a platform's answer (design section 7). Every connector maps to these and to nothing else.
/// </summary>
public enum OutcomeKind
{
    /// <summary>Every member sent was accepted.</summary>
    Done = 1,

    /// <summary>Accepted, except for the rejected members that the result names.</summary>
    PartlyDone,

    /// <summary>Unknown, or not done: repeat the same call after a backoff. Costs an attempt.</summary>
    Retry,

    /// <summary>The account must wait. Costs no attempt.</summary>
    Snooze,

    /// <summary>The call was too large or one row causes it to fail: halve it and try the halves.</summary>
    SplitBatch,

    /// <summary>This remote audience needs a human.</summary>
    StopAudience,

    /// <summary>The whole account needs a human: token, permission, terms.</summary>
    StopAccount,
}
