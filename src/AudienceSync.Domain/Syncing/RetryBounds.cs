namespace AudienceSync.Domain.Syncing;

/// <summary>
/// The bounds of everything that is retried: no outcome is repeated without an end that an operator sees. One row per kind; a new kind
/// without a bound is not ignored silently: it throws.
/// <para>
/// <b>Why a day.</b> What a platform calls temporary (an audience being computed, a running replacement, maintenance, an outage) has ended
/// by then, or will never end by itself. <b>Why it slows down.</b> What has failed for two hours will not recover within seconds: one
/// attempt every half an hour detects recovery early enough, and puts no load on a failing platform.
/// </para>
/// </summary>
public static class RetryBounds
{
    /// <summary>After this time without another answer a lane is parked, and a throttled account is shown as overdue.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>After this time the waits are <see cref="Backoff.Longest"/> at least, however short a wait the answer requests.</summary>
    public static readonly TimeSpan SlowerAfter = TimeSpan.FromMinutes(20);

    /// <summary>After this time the waits are <see cref="SlowWait"/> at least.</summary>
    public static readonly TimeSpan SlowAfter = TimeSpan.FromHours(2);

    public static readonly TimeSpan SlowWait = TimeSpan.FromMinutes(30);

    /// <summary>Throttled answers in a row after which the waits are <see cref="SlowWait"/> at least.</summary>
    public const int ThrottlesBeforeSlow = 20;

    /// <summary>
    /// Calls in a row that were refused as a whole. Halving 10,000 members takes 14, so this is more than ten members who each cause a call
    /// to fail, with no member accepted.
    /// </summary>
    public const int MaxConsecutiveRefusals = 200;

    /// <summary>
    /// Calls of a lane that may follow one another without an end, whatever their answers: more than fit into the time at these waits.
    /// </summary>
    public const int MaxCalls = 200;

    public static RetryBound Of(OutcomeKind kind) =>
        kind switch
        {
            OutcomeKind.Done => new(BoundEnd.Settled),
            OutcomeKind.PartlyDone => new(BoundEnd.ParkLane, Longest, MaxConsecutiveRefusals),
            OutcomeKind.Retry => new(BoundEnd.ParkLane, Longest, MaxCalls),
            OutcomeKind.Snooze => new(BoundEnd.ShowAccount, Longest),
            OutcomeKind.SplitBatch => new(BoundEnd.ParkLane, Longest, MaxConsecutiveRefusals),
            OutcomeKind.StopAudience => new(BoundEnd.StopList, Calls: 1),
            OutcomeKind.StopAccount => new(BoundEnd.StopAccount, Calls: 1),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no bound for this outcome."),
        };

    /// <summary>
    /// How long a lane waits before the same call: the wait that the answer requests or the backoff, and longer when the failure has
    /// lasted.
    /// </summary>
    /// <param name="lasted">The time since the first answer that was not final.</param>
    /// <param name="attempts">Failed attempts in a row, including the last.</param>
    /// <param name="requested">The wait that the answer requests; null when it requests none.</param>
    /// <param name="chance">A random number in [0, 1).</param>
    public static TimeSpan LaneWait(TimeSpan lasted, int attempts, TimeSpan? requested, double chance)
    {
        var wait = requested ?? Backoff.After(attempts, chance);
        return lasted < SlowerAfter ? wait : Longer(wait, Spread(lasted < SlowAfter ? Backoff.Longest : SlowWait, chance));
    }

    /// <summary>
    /// How long a throttled account waits: the wait that the platform requests, and longer after repeated throttling, because further calls
    /// extend a block.
    /// </summary>
    /// <param name="throttles">Throttled answers in a row, including the last.</param>
    /// <param name="requested">The wait that the answer requests.</param>
    /// <param name="chance">A random number in [0, 1).</param>
    public static TimeSpan AccountWait(int throttles, TimeSpan requested, double chance) =>
        throttles > ThrottlesBeforeSlow ? Longer(requested, Spread(SlowWait, chance)) : requested;

    // Over [3/4, 1) of it, so that hosts do not retry in step.
    private static TimeSpan Spread(TimeSpan wait, double chance) => wait * (0.75 + (chance / 4));

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
