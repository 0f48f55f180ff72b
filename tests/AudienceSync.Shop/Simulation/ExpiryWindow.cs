namespace AudienceSync.Shop.Simulation;

/// <summary>
/// Keeps the judgement free of races. A membership ends at add + window. Ends that fall shortly after the start are wanted, so that the
/// expiry sweep is seen at work; from then until long after the comparison no membership may end.
/// </summary>
internal sealed class ExpiryWindow(DateTimeOffset start)
{
    /// <summary>The last wanted end, after the start.</summary>
    public static readonly TimeSpan LastWanted = TimeSpan.FromSeconds(8);

    /// <summary>How long after the start no other membership ends: the longest play, the wait for quiet and half an hour.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromHours(3);

    private static readonly TimeSpan StepBack = TimeSpan.FromHours(4);

    public DateTimeOffset CalmFrom => start + LastWanted;

    public DateTimeOffset CalmUntil => start + Calm;

    public bool IsForbidden(DateTimeOffset until) => until > CalmFrom && until < CalmUntil;

    /// <summary>The same instant, or an earlier one when the membership would end in the calm.</summary>
    public DateTimeOffset Avoid(DateTimeOffset addedAt, TimeSpan window) =>
        IsForbidden(addedAt + window) ? addedAt - StepBack : addedAt;
}
