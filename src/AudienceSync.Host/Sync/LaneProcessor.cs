using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Sync.Holds;
using AudienceSync.Host.Sync.Ledger;
using AudienceSync.Host.Sync.Residuals;
using AudienceSync.Host.Sync.Runs;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Sync;

/// <summary>How a run over a lane ended.</summary>
public enum RunEnd
{
    /// <summary>Nothing had changed.</summary>
    Empty = 0,

    /// <summary>The page is done and there may be more.</summary>
    More,

    /// <summary>The page is done and was the last for now.</summary>
    Drained,

    /// <summary>The lane's position did not move: try later.</summary>
    Held,
}

/// <summary>
/// Takes one page of one lane of one binding: reads the members that changed behind the lane's position, compares each with the ledger,
/// sends the difference, and moves the position together with the outcome. The position moves only over members whose outcome is known.
/// </summary>
public sealed class LaneProcessor(
    string destinationName,
    IDestination destination,
    SyncTable table,
    PagePlanner planner,
    MemberCalls calls,
    Func<double> chance,
    TimeProvider clock,
    ILogger logger)
{
    private readonly BatchSizes _sizes = new(destination.Limits.MembersPerCall);
    private readonly LaneStates _states = new(chance);
    private readonly RunPlans _planned = new();

    /// <summary>Counts calls and removals; null for no one.</summary>
    public DestinationMetrics? Metrics { get; init; }

    /// <param name="lease">Of the account.</param>
    /// <param name="binding">The binding of the lane.</param>
    /// <param name="lane">Which lane.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<RunEnd> RunAsync(Lease lease, Binding binding, Lane lane, CancellationToken cancellationToken)
    {
        if (lane.Desired && binding.Normalizer != destination.Normalizer)
        {
            // Every present member is processed once more; a member for whom nothing changes at the platform costs no call.
            await table.RestartAddsAsync(lease, binding, destination.Normalizer, cancellationToken);
            binding = binding with { AddPos = 0, Normalizer = destination.Normalizer };
        }

        var limit = _sizes.Of(binding.BindingId, lane.Desired);
        var marked = binding.HasMarked ? await table.ReadMarkedAsync(binding, lane, limit, cancellationToken) : [];
        marked.RemoveAll(member => member.Desired && !lane.Desired);
        var page = marked.Count > 0 ? marked : await table.ReadLaneAsync(binding, lane, limit, cancellationToken);
        if (page.Count == 0)
        {
            return RunEnd.Empty;
        }

        using var span = Spans.Start(Spans.Deliver);
        span?.SetTag(Spans.Workspace, table.Workspace).SetTag(Spans.Destination, destinationName).SetTag(Spans.Audience, binding.Audience)
            .SetTag(Spans.FirstChange, page[0].ChangedPos).SetTag(Spans.LastChange, page[^1].ChangedPos);
        var plan = await planner.PlanAsync(binding, lane, page, cancellationToken);
        var more = page.Count == limit || marked.Count > 0;
        var end = new PageClose(marked.Count > 0 ? null : page[^1].ChangedPos, plan.Moves, [.. marked.Select(member => member.Person)], plan.Later) { EndsRun = !more };
        var cause = marked.Count > 0 ? RunCause.Redelivery : RunCause.Changes;
        if (!await SendPlanAsync(new LaneWork(lease, binding, lane, cause), plan, end, cancellationToken))
        {
            return RunEnd.Held;
        }

        return more ? RunEnd.More : RunEnd.Drained;
    }

    /// <summary>A binding as it is after what was just written for it.</summary>
    public async Task<Binding> ReadAgainAsync(Binding binding, CancellationToken cancellationToken) =>
        (await table.ReadBindingsAsync(binding.Destination, cancellationToken)).First(one => one.BindingId == binding.BindingId);

    /// <summary>How many members the next removal for this binding may have.</summary>
    public int LimitOf(Binding binding) => _sizes.Of(binding.BindingId, adds: false);

    /// <summary>
    /// Removes members that no lane leads to, after a key cutover. The removal lane's attempts count, its position stays. A member that a
    /// job holds is processed again by the lane when the job has ended.
    /// </summary>
    /// <returns>False when the outcome is not known: try the same again later.</returns>
    public async Task<bool> RemoveAsync(
        Lease lease, Binding binding, RunCause cause, IReadOnlyList<LaneMember> members, CancellationToken cancellationToken)
    {
        var plan = await planner.PlanAsync(binding, Lane.Removals, [.. members], cancellationToken);
        return await SendPlanAsync(new LaneWork(lease, binding, Lane.Removals, cause), plan, new PageClose(null, plan.Moves, [], plan.Later), cancellationToken);
    }

    /// <summary>Removes residual deliveries. The removal lane's attempts count, its position stays.</summary>
    /// <returns>False when the outcome is not known: try the same again later.</returns>
    public Task<bool> RemoveAsync(Lease lease, Binding binding, ResidualPlan plan, CancellationToken cancellationToken) => SendPlanAsync(
        new LaneWork(lease, binding, Lane.Removals, RunCause.Residual),
        new PagePlan(plan.Removals, [], [], []),
        new PageClose(null, plan.Moves, [], plan.Later) { Residuals = plan.Changed, Redeliver = plan.Redeliver },
        cancellationToken);

    // Removals first. The last call closes the page. True when all outcomes are known.
    private async Task<bool> SendPlanAsync(LaneWork work, PagePlan plan, PageClose end, CancellationToken cancellationToken)
    {
        if (plan.Removals.Count > 0)
        {
            var result = await SendAsync(work, MemberOperation.Remove, plan.Removals, plan.Adds.Count == 0 ? end : null, cancellationToken);
            if (result is null || plan.Adds.Count == 0)
            {
                return result is not null;
            }

            // Members whose former delivery could not be removed and did not become a residual delivery: the row has room for one.
            var refused = result.Changes.Where(change => change.Entry.Status == LedgerStatus.Removing).Select(change => change.Person).ToHashSet();
            plan.Adds.RemoveAll(delivery => refused.Contains(delivery.Person));

            if (result.Call?.Job is not null && !destination.Limits.OrderedCalls)
            {
                // A member that a job removes is added when the job has ended.
                var removed = plan.Removals.Select(delivery => delivery.Person).ToHashSet();
                plan.Adds.RemoveAll(delivery => removed.Contains(delivery.Person));
                end.Later.AddRange(removed);
            }
        }

        if (plan.Adds.Count == 0)
        {
            await CloseAsync(work, end, hasSent: plan.Removals.Count > 0, cancellationToken);
            return true;
        }

        return await SendAsync(work, MemberOperation.Add, plan.Adds, end, cancellationToken) is not null;
    }

    private Task CloseAsync(LaneWork work, PageClose end, bool hasSent, CancellationToken cancellationToken)
    {
        var (lease, binding, lane, _) = work;
        end = end with { EndsRun = end.EndsRun && (hasSent || binding.HasOpenRun(lane)) };
        var state = LaneStates.Unchanged(binding, lane, end.Place, clock.GetUtcNow());
        return table.WriteOutcomeAsync(lease, destinationName, binding, end.Moves, [], state, null, clock.GetUtcNow(), cancellationToken, end.Marks);
    }

    // Null when the outcome is not known and the lane must not go on.
    private async Task<DeliveryResult?> SendAsync(
        LaneWork work, MemberOperation operation, List<MemberDelivery> deliveries, PageClose? end, CancellationToken cancellationToken)
    {
        var (lease, binding, lane, _) = work;
        var run = _planned.Of(binding, lane, work.Cause, operation, deliveries);
        var result = await calls.SendAsync(lease, binding, operation, deliveries, run, cancellationToken);
        if (result.Call is { } call)
        {
            Metrics?.Count(call);
        }

        var now = clock.GetUtcNow();
        var known = result.Outcome.Kind is OutcomeKind.Done or OutcomeKind.PartlyDone && !result.HidesNames;
        if (result.Outcome.Kind == OutcomeKind.SplitBatch)
        {
            _sizes.Refused(binding.BindingId, lane.Desired, deliveries.Count);
            known = deliveries.Count == 1;
        }
        else if (result.HidesNames)
        {
            // Without the members that it named, the next call may name others; when it names none, the next call has fewer members.
            if (result.Changes.Count + result.Residuals.Count == 0)
            {
                _sizes.Refused(binding.BindingId, lane.Desired, deliveries.Count);
            }
        }
        else if (known)
        {
            _sizes.Taken(binding.BindingId, lane.Desired, deliveries.Count);
        }

        if (result.Outcome.Kind == OutcomeKind.SplitBatch && known)
        {
            // Alone in the call, so this member causes the refusal.
            result.Refuse(operation, deliveries[0], result.Outcome.Code);
        }
        else if (operation == MemberOperation.Add && Refusals.RefusesAll(result.Outcome.Kind) && result.Call is not null)
        {
            result.KeepAsBefore(deliveries);
        }

        var close = known ? end : null;
        var refusals = _sizes.RefusalsOf(binding.BindingId, lane.Desired);
        var state = !known ? _states.Failed(binding, lane, result, refusals, now)
            : refusals < RetryBounds.MaxConsecutiveRefusals ? LaneStates.Taken(binding, lane, close?.Place, result, now)

            // One bad row after another and no member accepted: the members are not the cause.
            : LaneStates.Parked(LaneStates.Taken(binding, lane, close?.Place, result, now) with { FailingSince = now, AnswerAt = now }, result.Outcome.Code);
        await table.WriteOutcomeAsync(
            lease, destinationName, binding, [.. result.Changes, .. close?.Moves ?? []], result.Residuals, state, result.Call, now, cancellationToken, close?.Marks,
            Outcome(binding, run, deliveries, result, state, close));
        MeasureRemovals(deliveries, result, now);
        Log(binding, operation, deliveries.Count, result);
        LogRest(binding, state, now);
        return known ? result : null;
    }

    // Null when nothing was decided or sent, because the budget is used.
    private RunOutcome? Outcome(Binding binding, RunIntent run, List<MemberDelivery> deliveries, DeliveryResult result, BindingState state, PageClose? close)
    {
        if (result.Call is null && result.Outcome.Kind == OutcomeKind.Snooze)
        {
            return null;
        }

        var row = result.ToRow(run.Kind, deliveries);
        _planned.Settle(binding, run, row);
        Metrics?.Count(row);
        var stopped = state.AccountStopped ?? state.BindingStopped ?? (state.NextTryAt == BindingState.Never ? state.WaitCode : null);
        return new RunOutcome(run.Lane, row, result.Sent)
        {
            Ending = stopped is not null ? RunState.Stopped : close is { EndsRun: true } ? RunState.Completed : null,
            Code = stopped,
            Measured = [.. Gone(deliveries, result).Where(delivery => delivery.EndedAt is not null).Select(delivery => delivery.Person.Value)],
        };
    }

    // Members whom the platform no longer has: not those whom a job removes, or who were refused.
    private static IEnumerable<MemberDelivery> Gone(List<MemberDelivery> deliveries, DeliveryResult result)
    {
        if (result.Call is not { Operation: MemberOperation.Remove, Job: null })
        {
            return [];
        }

        var gone = result.Changes.Where(change => change.Entry.Status == LedgerStatus.Absent).Select(change => change.Person).ToHashSet();
        return deliveries.Where(delivery => gone.Contains(delivery.Person));
    }

    private void MeasureRemovals(List<MemberDelivery> deliveries, DeliveryResult result, DateTimeOffset now)
    {
        if (Metrics is null)
        {
            return;
        }

        foreach (var delivery in Gone(deliveries, result))
        {
            if (delivery.EndedAt is { } at)
            {
                Metrics.Removed(now - at);
            }
        }
    }

    private void Log(Binding binding, MemberOperation operation, int members, DeliveryResult result)
    {
        var level = result.Outcome.Kind switch
        {
            OutcomeKind.Done => LogLevel.Debug,
            OutcomeKind.Snooze when result.Outcome.Code == CallBudget.Code => LogLevel.Debug,
            OutcomeKind.StopAccount or OutcomeKind.StopAudience => LogLevel.Error,
            _ => LogLevel.Warning,
        };
        logger.Log(
            level,
            "{Destination} {Operation} {Members} at {Remote}: {Outcome} {Code} in {LatencyMs} ms, request {RequestId}",
            destinationName, operation, members, binding.Remote, result.Outcome.Kind, result.Outcome.Code, result.Call?.LatencyMs, result.Call?.RequestId);
    }

    // Once each: what rests until an operator acts must not depend on being noticed by chance.
    private void LogRest(Binding binding, BindingState state, DateTimeOffset now)
    {
        if (state.NextTryAt == BindingState.Never)
        {
            _sizes.Forget(binding.BindingId, state.Lane.Desired);
        }

        if (LaneStates.IsNewlyParked(binding, state))
        {
            logger.LogError(
                "{Destination} {Remote}: {Lane} are parked with {Code}, without another response since {Since}. "
                + "No change is lost; resume when it is repaired",
                destinationName, binding.Remote, state.Lane.Name, state.WaitCode, state.FailingSince);
        }

        if (LaneStates.IsNewlyOverdue(binding, state, now))
        {
            logger.LogError(
                "{Destination} has been throttled with {Code} since {Since}; retrying twice an hour",
                destinationName, state.AccountBlockedCode, state.ThrottledSince);
        }
    }

    private readonly record struct LaneWork(Lease Lease, Binding Binding, Lane Lane, RunCause Cause);

    // What is written with the last outcome of a page.
    private sealed record PageClose(long? Place, List<LedgerChange> Moves, List<PersonId> Done, List<PersonId> Later)
    {
        public List<ResidualChange> Residuals { get; init; } = [];

        public List<(PersonId Person, int Revision)> Redeliver { get; init; } = [];

        // The page is the last one for now.
        public bool EndsRun { get; init; }

        public PageMarks Marks => new(Done, Later, Residuals) { Redeliver = Redeliver, EndsRun = EndsRun };
    }
}
