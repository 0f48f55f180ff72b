namespace AudienceSync.Domain.Syncing;

/// <summary>
/// The bounds of everything that is tried again: no outcome is repeated without an end that a human sees. One row a kind, so that a new kind without a bound does not
/// compile into silence: it throws.
/// <para>
/// <b>Why a day.</b> What a platform calls temporary (an audience being computed, a replacement that runs, maintenance, an outage) has ended by then, or never will by
/// itself. <b>Why it slows down.</b> What has failed for two hours will not be cured in seconds: one look each half an hour finds out early enough, and a platform
/// that is ill is left alone.
/// </para>
/// </summary>
public static class RetryBounds
{
    /// <summary>After so long without another answer a lane is parked, and a throttled account is shown as overdue.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>After so long the waits are <see cref="Backoff.Longest"/> at least, however short an answer asks for.</summary>
    public static readonly TimeSpan SlowerAfter = TimeSpan.FromMinutes(20);

    /// <summary>After so long the waits are <see cref="SlowWait"/> at least.</summary>
    public static readonly TimeSpan SlowAfter = TimeSpan.FromHours(2);

    public static readonly TimeSpan SlowWait = TimeSpan.FromMinutes(30);

    /// <summary>Throttled answers in a row after which the waits are <see cref="SlowWait"/> at least.</summary>
    public const int ThrottlesBeforeSlow = 20;

    /// <summary>Calls refused as a whole in a row. Halving 10,000 members takes 14, so this is more than ten members who spoil each call and nobody who was taken.</summary>
    public const int RefusalsInARow = 200;

    /// <summary>Calls of a lane that may follow one another without an end, whatever their answers: more than time allows at these waits.</summary>
    public const int MostCalls = 200;

    public static RetryBound Of(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Done => new(BoundEnd.Settled),
        OutcomeKind.PartlyDone => new(BoundEnd.ParkLane, Longest, RefusalsInARow),
        OutcomeKind.Retry => new(BoundEnd.ParkLane, Longest, MostCalls),
        OutcomeKind.Snooze => new(BoundEnd.ShowAccount, Longest),
        OutcomeKind.SplitBatch => new(BoundEnd.ParkLane, Longest, RefusalsInARow),
        OutcomeKind.StopAudience => new(BoundEnd.StopList, Calls: 1),
        OutcomeKind.StopAccount => new(BoundEnd.StopAccount, Calls: 1),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "An outcome without a bound."),
    };

    /// <summary>How long a lane waits before the same call: what the answer asks for or the backoff, and longer when it has lasted.</summary>
    /// <param name="lasted">Since the first answer that was no end.</param>
    /// <param name="attempts">Failed attempts in a row, the last included.</param>
    /// <param name="asked">What the answer asks for; null when it does not say.</param>
    /// <param name="chance">A random number in [0, 1).</param>
    public static TimeSpan LaneWait(TimeSpan lasted, int attempts, TimeSpan? asked, double chance)
    {
        var wait = asked ?? Backoff.After(attempts, chance);
        return lasted < SlowerAfter ? wait : Longer(wait, Spread(lasted < SlowAfter ? Backoff.Longest : SlowWait, chance));
    }

    /// <summary>How long a throttled account waits: what the platform asks for, and longer when it asks again and again, because calling on lengthens a block.</summary>
    /// <param name="throttles">Throttled answers in a row, the last included.</param>
    /// <param name="asked">What the answer asks for.</param>
    /// <param name="chance">A random number in [0, 1).</param>
    public static TimeSpan AccountWait(int throttles, TimeSpan asked, double chance) =>
        throttles > ThrottlesBeforeSlow ? Longer(asked, Spread(SlowWait, chance)) : asked;

    // Over [3/4, 1) of it, so that hosts do not march in step.
    private static TimeSpan Spread(TimeSpan wait, double chance) => wait * (0.75 + (chance / 4));

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
