using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>
/// One turn of one binding in a lane. Removals: plans that were approved, the walk of a switch, then a page of the lane as far as the guard lets
/// it, then what remains of former sayings. Adds: a page of the lane, and when it is drained a page of those who are said again.
/// </summary>
public sealed class LaneTurn(LanePass pass, CutoverWalk walk, PlanGuard guard, PlanWork plans, SayAgain again, RemainsPass remains)
{
    /// <returns>More when any of it has more; held when the lane stands where it stood.</returns>
    /// <exception cref="LeaseLostException">The account is another host's.</exception>
    public Task<PassEnd> RunAsync(
        Lease lease, Binding binding, Lane lane, Func<CancellationToken, Task<bool>> removalsWait, CancellationToken cancellationToken) =>
        lane.Desired ? AddAsync(lease, binding, removalsWait, cancellationToken) : RemoveAsync(lease, binding, cancellationToken);

    private async Task<PassEnd> AddAsync(Lease lease, Binding binding, Func<CancellationToken, Task<bool>> removalsWait, CancellationToken cancellationToken)
    {
        var end = await pass.RunAsync(lease, binding, Lane.Adds, removalsWait, cancellationToken);
        if (end is PassEnd.Held or PassEnd.More or PassEnd.Yielded)
        {
            return end;
        }

        var marked = await again.RunAsync(lease, binding, cancellationToken);
        return marked == PassEnd.More ? marked : end;
    }

    private async Task<PassEnd> RemoveAsync(Lease lease, Binding binding, CancellationToken cancellationToken)
    {
        var planned = await plans.RunAsync(lease, binding, cancellationToken);
        var walked = planned == PassEnd.Held ? planned : await walk.RunAsync(lease, binding, cancellationToken);
        if (walked == PassEnd.Held)
        {
            return PassEnd.Held;
        }

        var upto = await guard.JudgeAsync(lease, binding, cancellationToken);
        if (upto is not { } judged)
        {
            return PassEnd.More;
        }

        var end = await pass.RunAsync(lease, binding with { RemovalsUpto = judged }, Lane.Removals, cancellationToken);
        guard.Note(binding, end);
        var tried = end == PassEnd.Held ? end : await remains.RunAsync(lease, binding, cancellationToken);
        return tried == PassEnd.Held || (planned != PassEnd.More && walked != PassEnd.More && end != PassEnd.More) ? tried : PassEnd.More;
    }
}
