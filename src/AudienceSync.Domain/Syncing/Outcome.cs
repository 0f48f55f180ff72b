namespace AudienceSync.Domain.Syncing;

/// <summary>What became of a call, and why, in a stable code (never a platform's text, which may quote what we sent).</summary>
/// <param name="Kind">What to do next.</param>
/// <param name="Code">Stable, lower case, for people and tests: <c>meta_80003_2446079</c>, <c>timeout</c>.</param>
/// <param name="Wait">How long the platform asked us to stay away; null when it did not say.</param>
public readonly record struct Outcome(OutcomeKind Kind, string Code, TimeSpan? Wait = null)
{
    public static readonly Outcome Done = new(OutcomeKind.Done, "done");

    /// <summary>For so long this answer may only mean that a list which was just made is not known everywhere yet; null when it cannot mean that.</summary>
    public TimeSpan? Grace { get; init; }
}
