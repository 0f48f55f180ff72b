using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync.Lanes;

namespace AudienceSync.Host.Sync.Ledger;

/// <summary>Logs what became of calls, and what an operator must notice.</summary>
internal sealed class DeliveryLog(string destinationName, ILogger logger)
{
    public void Call(Binding binding, SentCall sent, int members)
    {
        var outcome = sent.Answer.Outcome;
        var level = outcome.Kind switch
        {
            OutcomeKind.Done => LogLevel.Debug,
            OutcomeKind.Snooze when !sent.Answer.IsMade => LogLevel.Debug,
            OutcomeKind.StopAccount or OutcomeKind.StopAudience => LogLevel.Error,
            _ => LogLevel.Warning,
        };
        logger.Log(
            level,
            "{Destination} {Operation} {Members} at {Remote}: {Outcome} {Code} in {LatencyMs} ms, request {RequestId}",
            destinationName,
            sent.Call.Operation,
            members,
            binding.Remote,
            outcome.Kind,
            outcome.Code,
            sent.Record?.LatencyMs,
            sent.Record?.RequestId
        );
    }

    /// <summary>Once each: what rests until an operator acts must not depend on being noticed by chance.</summary>
    public void Rest(Binding binding, Lane lane, in LaneProgress before, LaneState state, DateTimeOffset now)
    {
        if (LaneRule.IsNewlyParked(before, state))
        {
            logger.LogError(
                "{Destination} {Remote}: {Lane} are parked with {Code}, without another response since {Since}. "
                    + "No change is lost; resume when it is repaired",
                destinationName,
                binding.Remote,
                lane.Name,
                state.WaitCode,
                state.FailingSince
            );
        }

        if (LaneRule.IsNewlyOverdue(before, state, now))
        {
            logger.LogError(
                "{Destination} has been throttled with {Code} since {Since}; retrying twice an hour",
                destinationName,
                state.AccountBlockedCode,
                state.ThrottledSince
            );
        }
    }
}
