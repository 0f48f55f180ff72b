namespace AudienceSync.Domain.Experiments;

/// <summary>An experiment on an audience, and when it really runs.</summary>
/// <param name="Audience">The audience, with all its versions.</param>
/// <param name="Holdout">What it does.</param>
/// <param name="StartsAt">Its start; not before it was declared.</param>
/// <param name="EndsAt">Its end, by itself or by an operator; null while none is known.</param>
public sealed record ExperimentPeriod(string Audience, Holdout Holdout, DateTimeOffset StartsAt, DateTimeOffset? EndsAt)
{
    public bool IsRunningAt(DateTimeOffset at) => StartsAt <= at && !(EndsAt <= at);
}
