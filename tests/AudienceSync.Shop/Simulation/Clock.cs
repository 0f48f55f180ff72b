namespace AudienceSync.Shop.Simulation;

/// <summary>How the clock that stamped an event differs from the true time.</summary>
internal enum Clock
{
    Accurate,

    /// <summary>Less than five minutes ahead of receipt: the timestamp counts unchanged.</summary>
    Skewed,

    /// <summary>Hours ahead of receipt: the event counts as of its receipt.</summary>
    Ahead,
}
