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
/// Approved, it is carried out between its ends, a page a turn, and whoever is wanted again by then is not met.
/// </para>
/// <para>
/// <b>A switch of the key</b> has its walk counted before the first removal of it, and waits as a whole. Who is barred meanwhile and is known to the
/// former key only is met there (<see cref="PlanTable.ReadElsewhereAsync"/>), for as long as it waits.
/// </para>
/// <para>
/// <b>States of a plan.</b> Sifting, waiting, approved (until a time), done; below (counted anew, nobody of it is left to be removed), superseded
/// (another key feeds: its walk meets everybody). <b>Failures.</b> Places are written after the outcome is in the ledger: a crash between the two leads to the
/// same piece again, in which whoever is out is not met. Counts are lost with the process and made anew.
/// </para>
/// </summary>
public sealed class PlanGuard(PlanTable table, LanePass pass, TimeProvider clock, ILogger logger)
{
    /// <summary>How often a plan that waits is counted anew.</summary>
    private static readonly TimeSpan CountAgainAfter = TimeSpan.FromMinutes(5);

    private readonly Dictionary<int, Judged> _lanes = [];
    private readonly Dictionary<long, Walked> _walks = [];
    private readonly Dictionary<long, (DateTimeOffset At, long Removals, long Place)> _waiting = [];

    /// <summary>How far the removal lane may go; null when that is not known yet and the next turn counts on.</summary>
    /// <exception cref="LeaseLostException">The account is another host's.</exception>
    public async Task<long?> JudgeAsync(Lease lease, Binding binding, CancellationToken cancellationToken)
    {
        var (rows, upto) = await table.AheadAsync(binding, RemovalGuard.FreeRemovals, cancellationToken);
        if (rows <= RemovalGuard.FreeRemovals)
        {
            _lanes.Remove(binding.BindingId);
            return upto;
        }

        var judged = _lanes.TryGetValue(binding.BindingId, out var known) && known.KeyId == binding.KeyId && known.Fits(binding.RemovalPos)
            ? known
            : new Judged(binding.KeyId, binding.RemovalPos, binding.RemovalPos, 0, IsOpen: true);
        if (!judged.IsOpen)
        {
            return judged.Upto;
        }

        var count = await table.CountAsync(binding, judged.Upto, long.MaxValue, cancellationToken);
        judged = judged with { Upto = count.Place, Removals = judged.Removals + count.Removals, IsOpen = count.More };
        _lanes[binding.BindingId] = judged;
        if (judged.IsOpen || !await HoldAsync(lease, binding, judged, cancellationToken))
        {
            return judged.IsOpen ? null : judged.Upto;
        }

        _lanes.Remove(binding.BindingId);
        return null;
    }

    /// <summary>The lane has gone as far as it was allowed, or has not.</summary>
    public void Note(Binding binding, PassEnd end)
    {
        if (end is PassEnd.Drained or PassEnd.Empty)
        {
            _lanes.Remove(binding.BindingId);
        }
    }

    /// <summary>Whether the walk of a switch may go on: more, when it is still being counted; empty, when it waits for approval; drained, when it may.</summary>
    /// <exception cref="LeaseLostException">The account is another host's.</exception>
    public async Task<PassEnd> JudgeWalkAsync(Lease lease, Binding binding, OpenCutover cutover, CancellationToken cancellationToken)
    {
        if ((await table.ReadOpenAsync(binding.BindingId, cancellationToken)).Find(plan => plan.CutoverId == cutover.CutoverId) is { } plan)
        {
            return plan.IsApproved(clock.GetUtcNow()) ? PassEnd.Drained : PassEnd.Empty;
        }

        var walked = _walks.GetValueOrDefault(cutover.CutoverId) ?? new Walked(cutover.WalkedTo, 0, IsOpen: true);
        if (!walked.IsOpen)
        {
            return PassEnd.Drained;
        }

        var count = await table.CountWalkAsync(binding, walked.Place, cancellationToken);
        walked = new Walked(count.Place ?? walked.Place, walked.Removals + count.Removals, count.More);
        _walks[cutover.CutoverId] = walked;
        if (walked.IsOpen)
        {
            return PassEnd.More;
        }

        if (walked.Removals <= RemovalGuard.FreeRemovals || await MembersOfPassableAsync(binding, walked.Removals, cancellationToken) is not { } members)
        {
            return PassEnd.Drained;
        }

        await table.HoldAsync(lease, binding, cutover.CutoverId, upto: 0, (walked.Removals, members), clock.GetUtcNow(), cancellationToken);
        _walks.Remove(cutover.CutoverId);
        Tell(binding, walked.Removals, members);
        return PassEnd.Empty;
    }

    /// <summary>Takes a page of every open plan: whose own will it is, and of approved ones everybody.</summary>
    /// <returns>Held when the platform did not take it.</returns>
    /// <exception cref="LeaseLostException">The account is another host's.</exception>
    public async Task<PassEnd> WorkAsync(Lease lease, Binding binding, CancellationToken cancellationToken)
    {
        var end = PassEnd.Empty;
        foreach (var plan in await table.ReadOpenAsync(binding.BindingId, cancellationToken))
        {
            var step = !plan.IsCurrent ? await EndAsync(lease, plan, "superseded", cancellationToken)
                : plan.CutoverId is not null ? await SiftElsewhereAsync(lease, binding, plan, cancellationToken)
                : plan.IsApproved(clock.GetUtcNow()) ? await CarryOutAsync(lease, binding, plan, cancellationToken)
                : plan.SiftedTo < plan.UptoPos ? await SiftAsync(lease, binding, plan, cancellationToken)
                : await CountAgainAsync(lease, binding, plan, cancellationToken);
            if (step == PassEnd.Held)
            {
                return step;
            }

            end = step == PassEnd.More ? step : end;
        }

        return end;
    }

    /// <summary>The walk of a switch has come to its end: a plan of it is done.</summary>
    /// <exception cref="LeaseLostException">The account is another host's.</exception>
    public async Task EndWalkAsync(Lease lease, OpenCutover cutover, CancellationToken cancellationToken)
    {
        _walks.Remove(cutover.CutoverId);
        if ((await table.ReadOpenAsync(cutover.BindingId, cancellationToken)).Find(plan => plan.CutoverId == cutover.CutoverId) is { } plan)
        {
            await EndAsync(lease, plan, "done", cancellationToken);
        }
    }

    private async Task<bool> HoldAsync(Lease lease, Binding binding, Judged judged, CancellationToken cancellationToken)
    {
        if (judged.Removals <= RemovalGuard.FreeRemovals || await MembersOfPassableAsync(binding, judged.Removals, cancellationToken) is not { } members)
        {
            return false;
        }

        await table.HoldAsync(lease, binding, cutoverId: null, judged.Upto, (judged.Removals, members), clock.GetUtcNow(), cancellationToken);
        Tell(binding, judged.Removals, members);
        return true;
    }

    // The size of the list when the removals are too many for it; null when they may pass.
    private async Task<long?> MembersOfPassableAsync(Binding binding, long removals, CancellationToken cancellationToken)
    {
        var members = await table.CountMembersAsync(binding, cancellationToken);
        return RemovalGuard.Holds(removals, members) ? members : null;
    }

    private async Task<PassEnd> SiftAsync(Lease lease, Binding binding, RemovalPlan plan, CancellationToken cancellationToken)
    {
        var piece = await table.ReadAsync(binding, plan.SiftedTo, plan.UptoPos, onlyOwnWill: true, pass.LimitOf(binding), cancellationToken);
        piece = piece.More ? piece : piece with { Place = plan.UptoPos };
        if (!await RemoveAsync(lease, binding, piece, cancellationToken))
        {
            return PassEnd.Held;
        }

        await table.WriteSiftedAsync(lease, plan, piece, cancellationToken);
        return piece.More ? PassEnd.More : PassEnd.Drained;
    }

    private async Task<PassEnd> SiftElsewhereAsync(Lease lease, Binding binding, RemovalPlan plan, CancellationToken cancellationToken)
    {
        var piece = await table.ReadElsewhereAsync(binding, plan.SiftedTo, pass.LimitOf(binding), cancellationToken);
        if (piece.Place == plan.SiftedTo)
        {
            return PassEnd.Empty;
        }

        if (!await RemoveAsync(lease, binding, piece, cancellationToken))
        {
            return PassEnd.Held;
        }

        await table.WriteSiftedAsync(lease, plan, piece, cancellationToken);
        return piece.More ? PassEnd.More : PassEnd.Drained;
    }

    private async Task<PassEnd> CarryOutAsync(Lease lease, Binding binding, RemovalPlan plan, CancellationToken cancellationToken)
    {
        var piece = await table.ReadAsync(binding, plan.DoneTo, plan.UptoPos, onlyOwnWill: false, pass.LimitOf(binding), cancellationToken);
        if (!await RemoveAsync(lease, binding, piece, cancellationToken))
        {
            return PassEnd.Held;
        }

        await table.WriteDoneAsync(lease, plan, piece, cancellationToken);
        return piece.More ? PassEnd.More : await EndAsync(lease, plan, "done", cancellationToken);
    }

    // Whoever was removed by mistake comes back by an add, and then there is nothing to approve any more.
    private async Task<PassEnd> CountAgainAsync(Lease lease, Binding binding, RemovalPlan plan, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (at, removals, place) = _waiting.GetValueOrDefault(plan.PlanId, (now, 0L, plan.AfterPos));
        if (!_waiting.ContainsKey(plan.PlanId) || (place == plan.AfterPos && now - at < CountAgainAfter))
        {
            _waiting[plan.PlanId] = (at, removals, place);
            return PassEnd.Empty;
        }

        var count = await table.CountAsync(binding, place, plan.UptoPos, cancellationToken);
        removals += count.Removals;
        _waiting[plan.PlanId] = count.More ? (now, removals, count.Place) : (now, 0, plan.AfterPos);
        if (count.More)
        {
            return PassEnd.More;
        }

        if (removals > RemovalGuard.FreeRemovals && await MembersOfPassableAsync(binding, removals, cancellationToken) is not null)
        {
            return PassEnd.Empty;
        }

        if (removals == 0)
        {
            return await EndAsync(lease, plan, "below", cancellationToken);
        }

        await table.ReleaseAsync(lease, plan, now, now + TimeSpan.FromHours(RemovalGuard.ApprovalHours), cancellationToken);
        return PassEnd.More;
    }

    private async Task<bool> RemoveAsync(Lease lease, Binding binding, PlanPiece piece, CancellationToken cancellationToken) =>
        piece.Leavers.Count == 0 || await pass.RemoveAsync(lease, binding, piece.Leavers, cancellationToken);

    private async Task<PassEnd> EndAsync(Lease lease, RemovalPlan plan, string how, CancellationToken cancellationToken)
    {
        _waiting.Remove(plan.PlanId);
        await table.EndAsync(lease, plan, how, clock.GetUtcNow(), cancellationToken);
        logger.LogInformation("Removal plan {PlanId} ended: {How}", plan.PlanId, how);
        return PassEnd.Drained;
    }

    private void Tell(Binding binding, long removals, long members) => logger.LogWarning(
        "{Destination} would remove {Removals} of {Members} at {Remote} at once: that waits for approval", binding.Destination, removals, members, binding.Remote);

    // A plan of the lane: counted up to a change; open while it is being counted. It fits while the lane is inside it.
    private sealed record Judged(int KeyId, long After, long Upto, long Removals, bool IsOpen)
    {
        public bool Fits(long place) => IsOpen ? place == After : place >= After && place < Upto;
    }

    private sealed record Walked(Guid Place, long Removals, bool IsOpen);
}
