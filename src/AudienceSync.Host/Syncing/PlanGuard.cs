using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Storage.Cutover;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>
/// Holds back removals that are too many at once (<see cref="RemovalGuard"/>) until a human says that they are meant.
/// <para>
/// <b>A plan</b> is all that the removal lane has before it at one moment: the changes from its place up to the last one there is. A thousand rows
/// are let through by counting them; more are counted with the ledger, a piece a turn, without those whose own will it is. A plan that may pass
/// is said as far as it was counted, and what came meanwhile is the next one.
/// </para>
/// <para>
/// <b>A plan that may not pass</b> is set aside with its two ends, and the lane's place moves behind it in the same transaction. So the
/// removals of the next hour, a buyer's or an opt-out's, do not wait for the morning in which somebody looks at the plan. What lies in it can only
/// become less: whoever changes in any way gets a change behind it, where the lane meets him. Those in it whose own will it is are taken out at once.
/// Approved, it is carried out between its ends (<see cref="PlanWork"/>), and whoever is wanted again by then is not met.
/// </para>
/// <para>
/// <b>A switch of the key</b> has its walk counted before the first removal of it, and waits as a whole. Who is barred meanwhile and is known to the
/// former key only is met there (<see cref="RemovalRange.ReadElsewhereAsync"/>), for as long as it waits.
/// </para>
/// <para>
/// <b>States of a plan.</b> Sifting, waiting, approved (until a time), done; below (counted anew, nobody of it is left to be removed), superseded
/// (another key feeds: its walk meets everybody). <b>Failures.</b> Places are written after the outcome is in the ledger: a crash between the two leads to the
/// same piece again, in which whoever is out is not met. Counts are lost with the process and made anew.
/// </para>
/// </summary>
public sealed class PlanGuard(PlanTable table, RemovalRange range, TimeProvider clock, ILogger logger)
{
    private readonly Dictionary<int, LaneEvaluation> _lanes = [];
    private readonly Dictionary<long, SweepProgress> _sweeps = [];

    /// <summary>How far the removal lane may go; null when that is not known yet and the next turn counts on.</summary>
    /// <exception cref="LeaseLostException">The account is another host's.</exception>
    public async Task<long?> EvaluateAsync(Lease lease, Binding binding, CancellationToken cancellationToken)
    {
        var (rows, upto) = await range.AheadAsync(binding, RemovalGuard.FreeRemovals, cancellationToken);
        if (rows <= RemovalGuard.FreeRemovals)
        {
            _lanes.Remove(binding.BindingId);
            return upto;
        }

        var evaluation = _lanes.TryGetValue(binding.BindingId, out var known) && known.KeyId == binding.KeyId && known.Fits(binding.RemovalPos)
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

    /// <summary>The lane has gone as far as it was allowed, or has not.</summary>
    public void Note(Binding binding, RunEnd end)
    {
        if (end is RunEnd.Drained or RunEnd.Empty)
        {
            _lanes.Remove(binding.BindingId);
        }
    }

    /// <summary>Whether the walk of a switch may go on: more, when it is still being counted; empty, when it waits for approval; drained, when it may.</summary>
    /// <exception cref="LeaseLostException">The account is another host's.</exception>
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

        await table.HoldAsync(lease, binding, cutover.CutoverId, upto: 0, (progress.Removals, members), clock.GetUtcNow(), cancellationToken);
        _sweeps.Remove(cutover.CutoverId);
        LogHold(binding, progress.Removals, members);
        return RunEnd.Empty;
    }

    /// <summary>The walk of a switch has come to its end: a plan of it is done.</summary>
    /// <exception cref="LeaseLostException">The account is another host's.</exception>
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

        await table.HoldAsync(lease, binding, cutoverId: null, evaluation.Upto, (evaluation.Removals, members), clock.GetUtcNow(), cancellationToken);
        LogHold(binding, evaluation.Removals, members);
        return true;
    }

    /// <summary>The size of the list when the removals are too many for it; null when they may pass.</summary>
    internal static async Task<long?> TooManyAsync(RemovalRange range, Binding binding, long removals, CancellationToken cancellationToken)
    {
        if (removals <= RemovalGuard.FreeRemovals)
        {
            return null;
        }

        var members = await range.CountMembersAsync(binding, cancellationToken);
        return RemovalGuard.Holds(removals, members) ? members : null;
    }

    private void LogHold(Binding binding, long removals, long members) => logger.LogWarning(
        "{Destination} would remove {Removals} of {Members} at {Remote} at once: that waits for approval", binding.Destination, removals, members, binding.Remote);

    // A plan of the lane: counted up to a change; open while it is being counted. It fits while the lane is inside it.
    private sealed record LaneEvaluation(int KeyId, long After, long Upto, long Removals, bool IsOpen)
    {
        public bool Fits(long place) => IsOpen ? place == After : place >= After && place < Upto;
    }

    private sealed record SweepProgress(Guid Place, long Removals, bool IsOpen);
}
