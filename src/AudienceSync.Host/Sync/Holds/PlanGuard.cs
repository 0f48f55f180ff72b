using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Cutover;
using AudienceSync.Host.Sync.Lanes;

namespace AudienceSync.Host.Sync.Holds;

/// <summary>
/// Holds back removals that are too many at once (<see cref="RemovalGuard"/>) until an operator confirms that they are intended.
/// <para>
/// <b>A plan</b> is everything that the removal lane has pending at one moment: the changes from its position up to the last one that
/// exists. Up to a thousand rows pass after counting the rows alone; more are counted with the ledger, one page per cycle, without the
/// opt-outs among them. A plan that may pass is sent as far as it was counted, and what came in the meantime is the next one.
/// </para>
/// <para>
/// <b>A plan that may not pass</b> is set aside with its two ends, and the lane's position moves behind it in the same transaction. So the
/// removals of the next hour, a buyer's or an opt-out's, do not wait for the morning in which someone reviews the plan. The content of a
/// plan can only shrink: a member that changes in any way gets a change behind the plan, where the lane processes it. The opt-outs in it
/// are removed at once. Once approved, it is carried out between its ends (<see cref="PlanWork"/>), without members that are desired again
/// by then.
/// </para>
/// <para>
/// <b>A key cutover</b> has its sweep counted before the first removal, and waits as a whole. A member that is suppressed in the meantime
/// and has a membership only under the former key is found there (<see cref="RemovalRangeQueries.ReadOtherKeysAsync"/>), for as long as the
/// plan waits.
/// </para>
/// <para>
/// <b>States of a plan.</b> Sifting, waiting, approved (until a time), done; below (counted again, none of its members is left to be
/// removed), superseded (another key feeds: the sweep of that cutover covers every member). <b>Failures.</b> Positions are written after
/// the outcome is in the ledger: a crash between the two leads to the same page again, without the members already removed. Counts are lost
/// with the process and computed again.
/// </para>
/// </summary>
public sealed class PlanGuard(PlanStore table, RemovalRangeQueries range, TimeProvider clock, ILogger logger)
{
    private readonly Dictionary<int, LaneEvaluation> _lanes = [];
    private readonly Dictionary<long, SweepProgress> _sweeps = [];

    /// <summary>How far the removal lane may go; null when that is not known yet and the next cycle continues to count.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public async Task<long?> EvaluateAsync(Lease lease, Binding binding, CancellationToken cancellationToken)
    {
        var (rows, upto) = await range.PendingAsync(binding, RemovalGuard.FreeRemovals, cancellationToken);
        if (rows <= RemovalGuard.FreeRemovals)
        {
            _lanes.Remove(binding.BindingId);
            return upto;
        }

        var evaluation =
            _lanes.TryGetValue(binding.BindingId, out var known) && known.KeyId == binding.KeyId && known.Fits(binding.RemovalPos)
                ? known
                : new LaneEvaluation(binding.KeyId, binding.RemovalPos, binding.RemovalPos, 0, IsOpen: true);
        if (!evaluation.IsOpen)
        {
            return evaluation.Upto;
        }

        var count = await range.CountAsync(binding, evaluation.Upto, long.MaxValue, cancellationToken);
        evaluation = evaluation with { Upto = count.Place, Removals = evaluation.Removals + count.Removals, IsOpen = count.More };
        _lanes[binding.BindingId] = evaluation;
        if (evaluation.IsOpen || !await HoldAsync(lease, binding, evaluation, cancellationToken))
        {
            return evaluation.IsOpen ? null : evaluation.Upto;
        }

        _lanes.Remove(binding.BindingId);
        return null;
    }

    /// <summary>Records whether the lane has gone as far as it was allowed.</summary>
    public void Note(Binding binding, RunEnd end)
    {
        if (end is RunEnd.Drained or RunEnd.Empty)
        {
            _lanes.Remove(binding.BindingId);
        }
    }

    /// <summary>
    /// Whether the sweep of a cutover may go on: more, when it is still being counted; empty, when it waits for approval; drained, when it
    /// may.
    /// </summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public async Task<RunEnd> EvaluateSweepAsync(Lease lease, Binding binding, OpenCutover cutover, CancellationToken cancellationToken)
    {
        if ((await table.ReadOpenAsync(binding.BindingId, cancellationToken)).Find(plan => plan.CutoverId == cutover.CutoverId) is { } plan)
        {
            return plan.IsApproved(clock.GetUtcNow()) ? RunEnd.Drained : RunEnd.Empty;
        }

        var progress = _sweeps.GetValueOrDefault(cutover.CutoverId) ?? new SweepProgress(cutover.SweptTo, 0, IsOpen: true);
        if (!progress.IsOpen)
        {
            return RunEnd.Drained;
        }

        var count = await range.CountSweepAsync(binding, progress.Place, cancellationToken);
        progress = new SweepProgress(count.Place ?? progress.Place, progress.Removals + count.Removals, count.More);
        _sweeps[cutover.CutoverId] = progress;
        if (progress.IsOpen)
        {
            return RunEnd.More;
        }

        if (await TooManyAsync(range, binding, progress.Removals, cancellationToken) is not { } members)
        {
            return RunEnd.Drained;
        }

        await table.HoldAsync(
            lease,
            binding,
            cutover.CutoverId,
            upto: 0,
            (progress.Removals, members),
            clock.GetUtcNow(),
            cancellationToken
        );
        _sweeps.Remove(cutover.CutoverId);
        LogHold(binding, progress.Removals, members);
        return RunEnd.Empty;
    }

    /// <summary>The sweep of a cutover has ended: if it has a plan, the plan is done.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public async Task EndSweepAsync(Lease lease, OpenCutover cutover, CancellationToken cancellationToken)
    {
        _sweeps.Remove(cutover.CutoverId);
        if ((await table.ReadOpenAsync(cutover.BindingId, cancellationToken)).Find(plan => plan.CutoverId == cutover.CutoverId) is { } plan)
        {
            await table.EndAsync(lease, plan, "done", clock.GetUtcNow(), cancellationToken);
        }
    }

    private async Task<bool> HoldAsync(Lease lease, Binding binding, LaneEvaluation evaluation, CancellationToken cancellationToken)
    {
        if (await TooManyAsync(range, binding, evaluation.Removals, cancellationToken) is not { } members)
        {
            return false;
        }

        await table.HoldAsync(
            lease,
            binding,
            cutoverId: null,
            evaluation.Upto,
            (evaluation.Removals, members),
            clock.GetUtcNow(),
            cancellationToken
        );
        LogHold(binding, evaluation.Removals, members);
        return true;
    }

    /// <summary>The size of the remote audience when the removals are too many for it; null when they may pass.</summary>
    internal static async Task<long?> TooManyAsync(
        RemovalRangeQueries range,
        Binding binding,
        long removals,
        CancellationToken cancellationToken
    )
    {
        if (removals <= RemovalGuard.FreeRemovals)
        {
            return null;
        }

        var members = await range.CountMembersAsync(binding, cancellationToken);
        return RemovalGuard.Holds(removals, members) ? members : null;
    }

    private void LogHold(Binding binding, long removals, long members) =>
        logger.LogWarning(
            "{Destination} would remove {Removals} of {Members} at {Remote} at once; waiting for approval",
            binding.Destination,
            removals,
            members,
            binding.Remote
        );

    // A plan of the lane: counted up to a change; open while it is being counted. It fits while the lane is inside it.
    private sealed record LaneEvaluation(int KeyId, long After, long Upto, long Removals, bool IsOpen)
    {
        public bool Fits(long place) => IsOpen ? place == After : place >= After && place < Upto;
    }

    private sealed record SweepProgress(Guid Place, long Removals, bool IsOpen);
}
