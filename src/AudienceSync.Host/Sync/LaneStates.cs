using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync.Accounts;

namespace AudienceSync.Host.Sync;

/// <summary>
/// The effect of an outcome on the lane, its binding and the account. Every retry has a limit: <see cref="RetryBounds"/>.
/// </summary>
public sealed class LaneStates(Func<double> chance)
{
    /// <summary>After so many responses that no outcome table has, an operator must act.</summary>
    private const int UnknownTries = 3;

    private const string UnknownMark = "_unknown_";

    private const int AllUsedPercent = 100;

    /// <summary>How long a remote audience that was just created is left alone when the platform does not find it yet.</summary>
    private static readonly TimeSpan NewAudienceWait = TimeSpan.FromMinutes(1);

    /// <summary>The lane may go on.</summary>
    public static BindingState Settled(Lane lane, long? place, int attempts, AccountUsage? usage, DateTimeOffset now)
    {
        var state = new BindingState(lane, place, attempts, null, null, null, null, usage?.UsedPercent);
        return usage is { UsedPercent: >= AllUsedPercent, RegainAfter: { } regain }
            ? state with { AccountBlockedUntil = now + regain, AccountBlockedCode = CallBudget.Code }
            : state;
    }

    /// <summary>The lane may go on, and the account is no longer throttled, if it was.</summary>
    public static BindingState Taken(Binding binding, Lane lane, long? place, DeliveryResult result, DateTimeOffset now) =>
        Settled(lane, place, 0, result.Usage, now) with { Throttles = ThrottleIsOver(binding, result) ? 0 : null };

    /// <summary>The lane as it is, when nothing was sent.</summary>
    public static BindingState Unchanged(Binding binding, Lane lane, long? place, DateTimeOffset now) =>
        Settled(lane, place, lane.AttemptsOf(binding), null, now) with
        {
            NextTryAt = lane.NextTryOf(binding),
            Unknowns = lane.UnknownsOf(binding),
            FailingSince = lane.FailingOf(binding).Since,
            AnswerAt = lane.FailingOf(binding).AnswerAt,
        };

    /// <summary>The lane rests until an operator resumes it. Its position may still move over members that are settled.</summary>
    public static BindingState Parked(BindingState state, string code) => state with { NextTryAt = BindingState.Never, WaitCode = code };

    /// <summary>Whether a state is the first that parks its lane, so that it is logged once and not on each later attempt.</summary>
    public static bool IsNewlyParked(Binding binding, BindingState state)
    {
        var (since, last) = state.Lane.FailingOf(binding);
        return state.NextTryAt == BindingState.Never && (last - since < RetryBounds.Longest || since is null || last is null);
    }

    /// <summary>Whether a state is the first in which the account has been throttled for too long.</summary>
    public static bool IsNewlyOverdue(Binding binding, BindingState state, DateTimeOffset now) =>
        state is { Throttles: > 0, ThrottledSince: { } since, AccountBlockedUntil: { } until }
        && until - since >= RetryBounds.Longest && now - since < RetryBounds.Longest && binding.Throttled.InARow > 0;

    /// <summary>The lane's position does not move.</summary>
    /// <param name="binding">The binding of the lane.</param>
    /// <param name="lane">Which lane.</param>
    /// <param name="result">The response.</param>
    /// <param name="refusals">Consecutive calls of the lane that were refused as a whole.</param>
    /// <param name="now">When it arrived.</param>
    public BindingState Failed(Binding binding, Lane lane, DeliveryResult result, int refusals, DateTimeOffset now)
    {
        var outcome = result.Outcome;
        var attempts = lane.AttemptsOf(binding);
        var unknown = outcome.Code.Contains(UnknownMark, StringComparison.Ordinal) && outcome.Kind == OutcomeKind.Retry;
        var unknowns = unknown ? lane.UnknownsOf(binding) + 1 : lane.UnknownsOf(binding);
        var kept = Settled(lane, null, attempts, result.Usage, now) with
        {
            Unknowns = unknowns,
            FailingSince = lane.FailingOf(binding).Since,
            AnswerAt = lane.FailingOf(binding).AnswerAt,
            Throttles = ThrottleIsOver(binding, result) ? 0 : null,
        };
        var since = kept.FailingSince ?? now;
        var failing = kept with { FailingSince = since, AnswerAt = now };
        return outcome.Kind switch
        {
            OutcomeKind.Snooze when outcome.Code == CallBudget.Code => kept with { NextTryAt = now + outcome.Wait, WaitCode = outcome.Code },
            OutcomeKind.Snooze => Throttled(binding, kept, outcome, now),
            OutcomeKind.StopAccount => failing with { AccountStopped = outcome.Code },
            OutcomeKind.StopAudience when outcome.Grace > now - since && binding.IsUntried =>
                failing with { NextTryAt = now + NewAudienceWait, WaitCode = outcome.Code },
            OutcomeKind.StopAudience => failing with { BindingStopped = outcome.Code },
            _ when unknowns >= UnknownTries && unknown => failing with { Attempts = attempts + 1, BindingStopped = outcome.Code },
            _ when IsReached(outcome, since, attempts, refusals, now) => Parked(failing, outcome.Code),
            OutcomeKind.SplitBatch or OutcomeKind.PartlyDone => failing,

            // The response states what it waits for and how long that may take, so it is no failure.
            _ when outcome.Wait is not null && !unknown => failing with { NextTryAt = now + Wait(now - since, attempts, outcome), WaitCode = outcome.Code },
            _ => failing with { Attempts = attempts + 1, NextTryAt = now + Wait(now - since, attempts + 1, outcome) },
        };
    }

    private static bool IsReached(Outcome outcome, DateTimeOffset since, int attempts, int refusals, DateTimeOffset now) =>
        RetryBounds.Of(outcome.Kind).IsReached(now - since, outcome.Kind == OutcomeKind.Retry ? attempts + 1 : refusals);

    private static bool ThrottleIsOver(Binding binding, DeliveryResult result) =>
        binding.Throttled.InARow > 0 && result.Call is not null && result.Outcome.Kind != OutcomeKind.Snooze;

    private TimeSpan Wait(TimeSpan lasted, int attempts, Outcome outcome) => RetryBounds.LaneWait(lasted, attempts, outcome.Wait, chance());

    private BindingState Throttled(Binding binding, BindingState state, Outcome outcome, DateTimeOffset now)
    {
        var throttles = binding.Throttled.InARow + 1;
        return state with
        {
            AccountBlockedUntil = now + RetryBounds.AccountWait(throttles, outcome.Wait ?? TimeSpan.FromMinutes(1), chance()),
            AccountBlockedCode = outcome.Code,
            Throttles = throttles,
            ThrottledSince = binding.Throttled.Since ?? now,
        };
    }
}
