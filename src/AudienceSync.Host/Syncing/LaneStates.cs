using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>What an outcome means for the lane, its binding and the account.</summary>
public sealed class LaneStates(Func<double> chance)
{
    /// <summary>After so many answers that no table knows, a human must look.</summary>
    private const int UnknownTries = 3;

    private const string UnknownMark = "_unknown_";

    private const int AllUsedPercent = 100;

    /// <summary>The lane may go on.</summary>
    public static BindingState Settled(Lane lane, long? place, int attempts, AccountUsage? usage, DateTimeOffset now)
    {
        var state = new BindingState(lane, place, attempts, null, null, null, null, usage?.UsedPercent);
        return usage is { UsedPercent: >= AllUsedPercent, RegainAfter: { } regain }
            ? state with { AccountBlockedUntil = now + regain, AccountBlockedCode = CallBudget.Code }
            : state;
    }

    /// <summary>The lane stands where it stood.</summary>
    public BindingState Failed(Binding binding, Lane lane, Told told, DateTimeOffset now)
    {
        var outcome = told.Outcome;
        var attempts = lane.AttemptsOf(binding);
        var unknown = outcome.Code.Contains(UnknownMark, StringComparison.Ordinal) && outcome.Kind == OutcomeKind.Retry;
        var unknowns = unknown ? lane.UnknownsOf(binding) + 1 : lane.UnknownsOf(binding);
        var state = Settled(lane, null, attempts, told.Usage, now) with { Unknowns = unknowns };
        return outcome.Kind switch
        {
            OutcomeKind.Snooze when outcome.Code == CallBudget.Code => state with { NextTryAt = now + outcome.Wait, WaitCode = outcome.Code },
            OutcomeKind.Snooze => state with { AccountBlockedUntil = now + (outcome.Wait ?? TimeSpan.FromMinutes(1)), AccountBlockedCode = outcome.Code },
            OutcomeKind.StopAccount => state with { AccountStopped = outcome.Code },
            OutcomeKind.StopAudience => state with { BindingStopped = outcome.Code },
            OutcomeKind.SplitBatch or OutcomeKind.PartlyDone => state,
            _ when unknowns >= UnknownTries && unknown => state with { Attempts = attempts + 1, BindingStopped = outcome.Code },

            // The answer says what it waits for and how long that may take, so it is no failure.
            _ when outcome.Wait is { } wait && !unknown => state with { NextTryAt = now + wait, WaitCode = outcome.Code },
            _ => state with { Attempts = attempts + 1, NextTryAt = now + (outcome.Wait ?? Backoff.After(attempts + 1, chance())) },
        };
    }
}
