namespace AudienceSync.Shop.Simulation;

/// <summary>How the clock that stamped an event stands to the true time.</summary>
internal enum Clock
{
    Right,

    /// <summary>Less than five minutes ahead of receipt: the stamp counts as it is.</summary>
    Skewed,

    /// <summary>Hours ahead of receipt: the event counts as of when it was received.</summary>
    Ahead,
}
