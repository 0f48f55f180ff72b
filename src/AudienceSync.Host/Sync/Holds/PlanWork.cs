using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Runs;

namespace AudienceSync.Host.Sync.Holds;

/// <summary>
/// Works on plans that <see cref="PlanGuard"/> has set aside, a page of each per cycle: removes the opt-outs, carries out what was
/// approved, and counts again what waits.
/// </summary>
public sealed class PlanWork(PlanStore table, RemovalRangeQueries range, LaneProcessor processor, TimeProvider clock, ILogger logger)
{
    /// <summary>How often a waiting plan is counted again.</summary>
    private static readonly TimeSpan CountAgainAfter = TimeSpan.FromMinutes(5);

    private readonly Dictionary<long, (DateTimeOffset At, long Removals, long Place)> _waiting = [];

    /// <summary>Takes a page of every open plan: the opt-outs, and of approved plans all members.</summary>
    /// <returns>Held when the platform did not accept it.</returns>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public async Task<RunEnd> RunAsync(Lease lease, Binding binding, CancellationToken cancellationToken)
    {
        var end = RunEnd.Empty;
        foreach (var plan in await table.ReadOpenAsync(binding.BindingId, cancellationToken))
        {
            var step =
                !plan.IsCurrent ? await EndAsync(lease, plan, "superseded", cancellationToken)
                : plan.CutoverId is not null ? await SiftElsewhereAsync(lease, binding, plan, cancellationToken)
                : plan.IsApproved(clock.GetUtcNow()) ? await CarryOutAsync(lease, binding, plan, cancellationToken)
                : plan.SiftedTo < plan.UptoPos ? await SiftAsync(lease, binding, plan, cancellationToken)
                : await CountAgainAsync(lease, binding, plan, cancellationToken);
            if (step == RunEnd.Held)
            {
                return step;
            }

            end = step == RunEnd.More ? step : end;
        }

        return end;
    }

    private async Task<RunEnd> SiftAsync(Lease lease, Binding binding, RemovalPlan plan, CancellationToken cancellationToken)
    {
        var piece = await range.ReadAsync(
            binding,
            plan.SiftedTo,
            plan.UptoPos,
            onlyOptOuts: true,
            processor.LimitOf(binding),
            cancellationToken
        );
        piece = piece.More ? piece : piece with { Place = plan.UptoPos };
        if (!await RemoveAsync(lease, binding, piece, cancellationToken))
        {
            return RunEnd.Held;
        }

        await table.WriteSiftedAsync(lease, plan, piece, cancellationToken);
        return piece.More ? RunEnd.More : RunEnd.Drained;
    }

    private async Task<RunEnd> SiftElsewhereAsync(Lease lease, Binding binding, RemovalPlan plan, CancellationToken cancellationToken)
    {
        var piece = await range.ReadOtherKeysAsync(binding, plan.SiftedTo, processor.LimitOf(binding), cancellationToken);
        if (piece.Place == plan.SiftedTo)
        {
            return RunEnd.Empty;
        }

        if (!await RemoveAsync(lease, binding, piece, cancellationToken))
        {
            return RunEnd.Held;
        }

        await table.WriteSiftedAsync(lease, plan, piece, cancellationToken);
        return piece.More ? RunEnd.More : RunEnd.Drained;
    }

    private async Task<RunEnd> CarryOutAsync(Lease lease, Binding binding, RemovalPlan plan, CancellationToken cancellationToken)
    {
        var piece = await range.ReadAsync(
            binding,
            plan.DoneTo,
            plan.UptoPos,
            onlyOptOuts: false,
            processor.LimitOf(binding),
            cancellationToken
        );
        if (!await RemoveAsync(lease, binding, piece, cancellationToken))
        {
            return RunEnd.Held;
        }

        await table.WriteDoneAsync(lease, plan, piece, cancellationToken);
        return piece.More ? RunEnd.More : await EndAsync(lease, plan, "done", cancellationToken);
    }

    // Members that were removed by mistake come back by an add, and then there is nothing to approve any more.
    private async Task<RunEnd> CountAgainAsync(Lease lease, Binding binding, RemovalPlan plan, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (at, removals, place) = _waiting.GetValueOrDefault(plan.PlanId, (now, 0L, plan.AfterPos));
        if (!_waiting.ContainsKey(plan.PlanId) || (place == plan.AfterPos && now - at < CountAgainAfter))
        {
            _waiting[plan.PlanId] = (at, removals, place);
            return RunEnd.Empty;
        }

        var count = await range.CountAsync(binding, place, plan.UptoPos, cancellationToken);
        removals += count.Removals;
        _waiting[plan.PlanId] = count.More ? (now, removals, count.Place) : (now, 0, plan.AfterPos);
        if (count.More)
        {
            return RunEnd.More;
        }

        if (await PlanGuard.TooManyAsync(range, binding, removals, cancellationToken) is not null)
        {
            return RunEnd.Empty;
        }

        if (removals == 0)
        {
            return await EndAsync(lease, plan, "below", cancellationToken);
        }

        await table.ReleaseAsync(lease, plan, now, now + TimeSpan.FromHours(RemovalGuard.ApprovalHours), cancellationToken);
        return RunEnd.More;
    }

    private async Task<bool> RemoveAsync(Lease lease, Binding binding, PlanPage piece, CancellationToken cancellationToken) =>
        piece.ToRemove.Count == 0 || await processor.RemoveAsync(lease, binding, RunCause.Plan, piece.ToRemove, cancellationToken);

    private async Task<RunEnd> EndAsync(Lease lease, RemovalPlan plan, string how, CancellationToken cancellationToken)
    {
        _waiting.Remove(plan.PlanId);
        await table.EndAsync(lease, plan, how, clock.GetUtcNow(), cancellationToken);
        logger.LogInformation("Removal plan {PlanId} ended: {How}", plan.PlanId, how);
        return RunEnd.Drained;
    }
}
