namespace AudienceSync.Host.EventStore.Leases;

/// <summary>What follows a turn of a <see cref="LeasedLoop"/> before the next one.</summary>
/// <param name="Time">How long at most.</param>
/// <param name="EndsWhenWoken">Whether the loop's wake ends it early.</param>
public readonly record struct TurnPause(TimeSpan Time, bool EndsWhenWoken)
{
    /// <summary>There is more to do: the next turn follows at once.</summary>
    public static readonly TurnPause None;

    /// <summary>Nothing is left to do until something changes, which the wake reports, or the time has passed.</summary>
    public static TurnPause UntilWoken(TimeSpan atMost) => new(atMost, EndsWhenWoken: true);

    /// <summary>The next turn waits in any case, so that it finds more to do at once.</summary>
    public static TurnPause For(TimeSpan time) => new(time, EndsWhenWoken: false);
}
