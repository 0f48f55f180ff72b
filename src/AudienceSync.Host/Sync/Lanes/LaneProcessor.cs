using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Holds;
using AudienceSync.Host.Sync.Ledger;
using AudienceSync.Host.Sync.Runs;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Sync.Lanes;

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
    LaneStore lanes,
    DeliveryStore deliveryStore,
    PagePlanner planner,
    MemberCalls calls,
    Func<double> chance,
    TimeProvider clock,
    ILogger logger
)
{
    private readonly BatchSizes _sizes = new(destination.Limits.MembersPerCall);
    private readonly RunPlans _planned = new();
    private readonly DeliveryLog _log = new(destinationName, logger);

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
            await lanes.RestartAddsAsync(lease, binding, destination.Normalizer, cancellationToken);
            binding = binding with { AddPos = 0, Normalizer = destination.Normalizer };
        }

        var limit = _sizes.Of(binding.BindingId, lane.Desired);
        var marked = binding.HasMarked ? await lanes.ReadMarkedAsync(binding, lane, limit, cancellationToken) : [];
        marked.RemoveAll(member => member.Desired && !lane.Desired);
        var page = marked.Count > 0 ? marked : await lanes.ReadAsync(binding, lane, limit, cancellationToken);
        if (page.Count == 0)
        {
            return RunEnd.Empty;
        }

        using var span = Spans.Start(Spans.Deliver);
        span?.SetTag(Spans.Workspace, lanes.Workspace)
            .SetTag(Spans.Destination, destinationName)
            .SetTag(Spans.Audience, binding.Audience)
            .SetTag(Spans.FirstChange, page[0].ChangedPos)
            .SetTag(Spans.LastChange, page[^1].ChangedPos);
        var plan = await planner.PlanAsync(binding, lane, page, cancellationToken);
        var more = page.Count == limit || marked.Count > 0;
        var end = new PageClose(
            marked.Count > 0 ? null : page[^1].ChangedPos,
            plan.Moves,
            [.. marked.Select(member => member.Person)],
            plan.Later
        )
        {
            EndsRun = !more,
        };
        var cause = marked.Count > 0 ? RunCause.Redelivery : RunCause.Changes;
        if (!await SendPlanAsync(new LaneWork(lease, binding, lane, cause), plan, end, cancellationToken))
        {
            return RunEnd.Held;
        }

        return more ? RunEnd.More : RunEnd.Drained;
    }

    /// <summary>How many members the next removal for this binding may have.</summary>
    public int LimitOf(Binding binding) => _sizes.Of(binding.BindingId, adds: false);

    /// <summary>
    /// Removes members that no lane leads to, after a key cutover. The removal lane's attempts count, its position stays. A member that a
    /// job holds is processed again by the lane when the job has ended.
    /// </summary>
    /// <returns>False when the outcome is not known: try the same again later.</returns>
    public async Task<bool> RemoveAsync(
        Lease lease,
        Binding binding,
        RunCause cause,
        IReadOnlyList<LaneMember> members,
        CancellationToken cancellationToken
    )
    {
        var plan = await planner.PlanAsync(binding, Lane.Removals, [.. members], cancellationToken);
        return await SendPlanAsync(
            new LaneWork(lease, binding, Lane.Removals, cause),
            plan,
            new PageClose(null, plan.Moves, [], plan.Later),
            cancellationToken
        );
    }

    /// <summary>Removes residual deliveries. The removal lane's attempts count, its position stays.</summary>
    /// <returns>False when the outcome is not known: try the same again later.</returns>
    public Task<bool> RemoveAsync(Lease lease, Binding binding, ResidualPlan plan, CancellationToken cancellationToken) =>
        SendPlanAsync(
            new LaneWork(lease, binding, Lane.Removals, RunCause.Residual),
            new PagePlan(plan.Removals, [], [], []),
            new PageClose(null, plan.Moves, [], plan.Later) { Residuals = plan.Changed, Redeliver = plan.Redeliver },
            cancellationToken
        );

    // Removals first. The last call closes the page. True when all outcomes are known.
    private async Task<bool> SendPlanAsync(LaneWork work, PagePlan plan, PageClose end, CancellationToken cancellationToken)
    {
        if (plan.Removals.Count > 0)
        {
            var isLast = plan.Adds.Count == 0;
            var (sent, outcome) = await SendAsync(work, MemberOperation.Remove, plan.Removals, isLast ? end : null, cancellationToken);
            if (!outcome.IsConclusive || isLast)
            {
                return outcome.IsConclusive;
            }

            (plan, end) = AfterRemovals(plan, end, sent, outcome);
        }

        if (plan.Adds.Count == 0)
        {
            await CloseAsync(work, end, hasSent: plan.Removals.Count > 0, cancellationToken);
            return true;
        }

        return (await SendAsync(work, MemberOperation.Add, plan.Adds, end, cancellationToken)).Outcome.IsConclusive;
    }

    // The adds that may follow the removals of their page.
    private (PagePlan Plan, PageClose End) AfterRemovals(PagePlan plan, PageClose end, SentCall sent, DeliveryOutcome outcome)
    {
        // Members whose former delivery could not be removed and did not become a residual delivery: the row has room for one.
        var held = outcome.Ledger.Where(change => change.Entry.Status == LedgerStatus.Removing).Select(change => change.Person).ToHashSet();
        if (sent.Answer.HasJob && !destination.Limits.OrderedCalls)
        {
            // A member that a job removes is added when the job has ended.
            var removed = plan.Removals.Select(delivery => delivery.Person).ToHashSet();
            held.UnionWith(removed);
            end = end with { Later = [.. end.Later, .. removed] };
        }

        return (held.Count == 0 ? plan : plan with { Adds = plan.Adds.FindAll(delivery => !held.Contains(delivery.Person)) }, end);
    }

    private Task CloseAsync(LaneWork work, PageClose end, bool hasSent, CancellationToken cancellationToken)
    {
        var (lease, binding, lane, _) = work;
        end = end with { EndsRun = end.EndsRun && (hasSent || binding.HasOpenRun(lane)) };
        var state = LaneRule.Unchanged(lane.ProgressOf(binding, refusals: 0), end.Place);
        return deliveryStore.WriteOutcomeAsync(
            lease,
            binding,
            new OutcomeWrite(lane, state) { Ledger = end.Moves, Marks = end.Marks },
            clock.GetUtcNow(),
            cancellationToken
        );
    }

    // When the outcome is not conclusive, the lane must not go on.
    private async Task<(SentCall Sent, DeliveryOutcome Outcome)> SendAsync(
        LaneWork work,
        MemberOperation operation,
        List<MemberDelivery> deliveries,
        PageClose? end,
        CancellationToken cancellationToken
    )
    {
        var (lease, binding, lane, cause) = work;
        var run = _planned.Of(binding, lane, cause, operation, deliveries);
        var sent = await calls.SendAsync(lease, binding, operation, deliveries, run, cancellationToken);
        if (sent.Record is { } call)
        {
            Metrics?.Count(call);
        }

        var now = clock.GetUtcNow();
        var before = lane.ProgressOf(binding, _sizes.RefusalsOf(binding.BindingId, lane.Desired));
        var outcome = DeliveryOutcome.Of(sent.Call, sent.Answer, before, end?.Place, now, sent.Answer.NeedsChance ? chance() : 0);
        Resize(binding, lane, outcome, deliveries.Count);
        await WriteAsync(work, run, sent, outcome, outcome.IsConclusive ? end : null, now, cancellationToken);
        if (outcome.Lane.IsParked)
        {
            _sizes.Forget(binding.BindingId, lane.Desired);
        }

        _log.Call(binding, sent, deliveries.Count);
        _log.Rest(binding, lane, before, outcome.Lane, now);
        return (sent, outcome);
    }

    private void Resize(Binding binding, Lane lane, DeliveryOutcome outcome, int members)
    {
        switch (outcome.Sizing)
        {
            case CallSizing.Refused:
                _sizes.Refused(binding.BindingId, lane.Desired, members);
                break;
            case CallSizing.Accepted:
                _sizes.Taken(binding.BindingId, lane.Desired, members);
                break;
        }
    }

    private async Task WriteAsync(
        LaneWork work,
        RunIntent run,
        SentCall sent,
        DeliveryOutcome outcome,
        PageClose? close,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var (lease, binding, lane, _) = work;
        var gone = outcome.GoneOf(sent.Call, sent.Answer);
        var write = new OutcomeWrite(lane, outcome.Lane)
        {
            Ledger = close is { Moves.Count: > 0 } ? [.. outcome.Ledger, .. close.Moves] : outcome.Ledger,
            Residuals = outcome.Residuals,
            Call = sent.Record,
            Marks = close?.Marks,
            Run = RunOf(binding, run, sent, outcome, gone, isLast: close is { EndsRun: true }),
        };
        await deliveryStore.WriteOutcomeAsync(lease, binding, write, now, cancellationToken);
        foreach (var delivery in Metrics is null ? [] : gone)
        {
            Metrics!.Removed(now - delivery.EndedAt!.Value);
        }
    }

    // Null when nothing was decided or sent, because the budget is used.
    private RunOutcome? RunOf(
        Binding binding,
        RunIntent run,
        SentCall sent,
        DeliveryOutcome outcome,
        IReadOnlyList<MemberDelivery> gone,
        bool isLast
    )
    {
        if (!sent.Answer.IsMade && !outcome.IsConclusive)
        {
            return null;
        }

        var results = sent.Call.Deliveries.Select((delivery, i) => (delivery.Person.Value, outcome.ResultOf(i)));
        var row = DeliveryRow.Of(run.Kind, outcome.Outcome, results);
        _planned.Settle(binding, run, row);
        Metrics?.Count(row);
        return new RunOutcome(run.Lane, row, sent.Call.Sent)
        {
            Ending =
                outcome.Lane.StopCode is not null ? RunState.Stopped
                : isLast ? RunState.Completed
                : null,
            Code = outcome.Lane.StopCode,
            Measured = [.. gone.Select(delivery => delivery.Person.Value)],
        };
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
