namespace AudienceSync.Shop.Simulation;

/// <summary>
/// Keeps the evaluation free of races. A membership ends at add + window. Ends shortly after the start are intended, so that the expiry
/// sweep is exercised; from then until long after the comparison no membership may end.
/// </summary>
internal sealed class ExpiryWindow(DateTimeOffset start)
{
    /// <summary>The last intended end, after the start.</summary>
    public static readonly TimeSpan LastIntendedEnd = TimeSpan.FromSeconds(8);

    /// <summary>
    /// The time after the start in which no other membership ends: the longest play, the wait for quiet and half an hour.
    /// </summary>
    public static readonly TimeSpan NoEndsPeriod = TimeSpan.FromHours(3);

    private static readonly TimeSpan StepBack = TimeSpan.FromHours(4);

    public DateTimeOffset NoEndsFrom => start + LastIntendedEnd;

    public DateTimeOffset NoEndsUntil => start + NoEndsPeriod;

    public bool IsForbidden(DateTimeOffset until) => until > NoEndsFrom && until < NoEndsUntil;

    /// <summary>The same time, or an earlier one when the membership would end in the period without ends.</summary>
    public DateTimeOffset Avoid(DateTimeOffset addedAt, TimeSpan window) => IsForbidden(addedAt + window) ? addedAt - StepBack : addedAt;
}
