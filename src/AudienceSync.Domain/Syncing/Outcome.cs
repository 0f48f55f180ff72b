namespace AudienceSync.Domain.Syncing;

/// <summary>The outcome of a call, and its reason as a stable code (never a platform's text, which may quote what we sent).</summary>
/// <param name="Kind">What to do next.</param>
/// <param name="Code">Stable, lower case, for people and tests: <c>meta_80003_2446079</c>, <c>timeout</c>.</param>
/// <param name="Wait">How long the platform requested us to wait; null when it did not.</param>
public readonly record struct Outcome(OutcomeKind Kind, string Code, TimeSpan? Wait = null)
{
    public static readonly Outcome Done = new(OutcomeKind.Done, "done");

    /// <summary>
    /// How long this answer may only mean that a newly created remote audience has not propagated yet; null when it cannot mean that.
    /// </summary>
    public TimeSpan? Grace { get; init; }
}
