namespace AudienceSync.Domain.Syncing;

/// <summary>
/// The effect of a response on the lane, the remote audience and the account. Every retry has a limit: <see cref="RetryBounds"/>.
/// </summary>
public static class LaneRule
{
    /// <summary>After so many responses that no outcome table has, an operator must act.</summary>
    public const int UnknownTries = 3;

    private const string UnknownMark = "_unknown_";

    private const int AllUsedPercent = 100;

    /// <summary>How long a remote audience that was just created is left alone when the platform does not find it yet.</summary>
    public static readonly TimeSpan NewAudienceWait = TimeSpan.FromMinutes(1);

    /// <summary>How long a throttled account waits when the platform requests no time.</summary>
    public static readonly TimeSpan DefaultThrottleWait = TimeSpan.FromMinutes(1);

    /// <summary>The lane as it is, when nothing was sent.</summary>
    public static LaneState Unchanged(in LaneProgress lane, long? place) =>
        new(place, lane.Attempts)
        {
            NextTryAt = lane.NextTryAt,
            Unknowns = lane.Unknowns,
            FailingSince = lane.FailingSince,
            AnswerAt = lane.AnswerAt,
        };

    /// <summary>The lane may go on, and the account is no longer throttled, if it was.</summary>
    /// <param name="lane">As it was.</param>
    /// <param name="place">Its new position; null to leave it.</param>
    /// <param name="answer">The response.</param>
    /// <param name="now">When it arrived.</param>
    public static LaneState Accepted(in LaneProgress lane, long? place, CallAnswer answer, DateTimeOffset now) =>
        Answered(lane, new LaneState(place, 0), answer, now);

    /// <summary>The lane rests until an operator resumes it. Its position may still move over members that are settled.</summary>
    public static LaneState Parked(LaneState state, string code) => state with { NextTryAt = LaneState.Never, WaitCode = code };

    /// <summary>Whether a state is the first that parks its lane, so that it is logged once and not on each later attempt.</summary>
    public static bool IsNewlyParked(in LaneProgress before, LaneState state) =>
        state.IsParked
        && (before.AnswerAt - before.FailingSince < RetryBounds.Longest || before.FailingSince is null || before.AnswerAt is null);

    /// <summary>Whether a state is the first in which the account has been throttled for too long.</summary>
    public static bool IsNewlyOverdue(in LaneProgress before, LaneState state, DateTimeOffset now) =>
        state is { Throttles: > 0, ThrottledSince: { } since, AccountBlockedUntil: { } until }
        && until - since >= RetryBounds.Longest
        && now - since < RetryBounds.Longest
        && before.Throttles > 0;

    /// <summary>The lane's position does not move.</summary>
    /// <param name="lane">As it was, with the calls refused as a whole including this one.</param>
    /// <param name="answer">The response.</param>
    /// <param name="now">When it arrived.</param>
    /// <param name="chance">A random number in [0, 1).</param>
    public static LaneState Failed(in LaneProgress lane, CallAnswer answer, DateTimeOffset now, double chance)
    {
        var outcome = answer.Outcome;
        var unknown = outcome.Code.Contains(UnknownMark, StringComparison.Ordinal) && outcome.Kind == OutcomeKind.Retry;
        var unknowns = unknown ? lane.Unknowns + 1 : lane.Unknowns;
        var kept = Answered(lane, new LaneState(null, lane.Attempts), answer, now) with
        {
            Unknowns = unknowns,
            FailingSince = lane.FailingSince,
            AnswerAt = lane.AnswerAt,
        };
        var since = lane.FailingSince ?? now;
        var failing = kept with { FailingSince = since, AnswerAt = now };
        var tried = lane.Attempts + 1;
        return outcome.Kind switch
        {
            OutcomeKind.Snooze when !answer.IsMade => kept with { NextTryAt = now + outcome.Wait, WaitCode = outcome.Code },
            OutcomeKind.Snooze => Throttled(lane, kept, outcome, now, chance),
            OutcomeKind.StopAccount => failing with { AccountStopped = outcome.Code },
            OutcomeKind.StopAudience when outcome.Grace > now - since && lane.IsUntried => failing with
            {
                NextTryAt = now + NewAudienceWait,
                WaitCode = outcome.Code,
            },
            OutcomeKind.StopAudience => failing with { BindingStopped = outcome.Code },
            _ when unknown && unknowns >= UnknownTries => failing with { Attempts = tried, BindingStopped = outcome.Code },
            _ when IsBoundReached(lane, outcome.Kind, now - since) => Parked(failing, outcome.Code),
            OutcomeKind.SplitBatch or OutcomeKind.PartlyDone => failing,

            // The response states what it waits for and how long that may take, so it is no failure.
            _ when outcome.Wait is not null && !unknown => failing with
            {
                NextTryAt = now + RetryBounds.LaneWait(now - since, lane.Attempts, outcome.Wait, chance),
                WaitCode = outcome.Code,
            },
            _ => failing with { Attempts = tried, NextTryAt = now + RetryBounds.LaneWait(now - since, tried, outcome.Wait, chance) },
        };
    }

    private static bool IsBoundReached(in LaneProgress lane, OutcomeKind kind, TimeSpan lasted) =>
        RetryBounds.Of(kind).IsReached(lasted, kind == OutcomeKind.Retry ? lane.Attempts + 1 : lane.Refusals);

    // What any response shows about the account.
    private static LaneState Answered(in LaneProgress lane, LaneState state, CallAnswer answer, DateTimeOffset now)
    {
        var isOver = lane.Throttles > 0 && answer.IsMade && answer.Outcome.Kind != OutcomeKind.Snooze;
        state = state with { UsedPercent = answer.Usage?.UsedPercent, Throttles = isOver ? 0 : null };
        return answer.Usage is { UsedPercent: >= AllUsedPercent, RegainAfter: { } regain }
            ? state with
            {
                AccountBlockedUntil = now + regain,
                AccountBlockedCode = Outcome.NoBudgetCode,
            }
            : state;
    }

    private static LaneState Throttled(in LaneProgress lane, LaneState state, Outcome outcome, DateTimeOffset now, double chance)
    {
        var throttles = lane.Throttles + 1;
        return state with
        {
            AccountBlockedUntil = now + RetryBounds.AccountWait(throttles, outcome.Wait ?? DefaultThrottleWait, chance),
            AccountBlockedCode = outcome.Code,
            Throttles = throttles,
            ThrottledSince = lane.ThrottledSince ?? now,
        };
    }
}
