using AudienceSync.Connectors;
using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Cutover;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>
/// One turn of one binding in a lane. Removals: plans that were approved, the walk of a switch, then a page of the lane as far as the guard lets
/// it, and last what was refused before, which must not hold up what is new. Adds: a page of the lane, and when it is drained a page of those who
/// are said again.
/// </summary>
public sealed class LaneTurn(LanePass pass, CutoverWalk walk, PlanGuard guard, PlanWork plans, SayAgain again, RemainsPass remains)
{
    /// <summary>With all its parts over one workspace.</summary>
    public static LaneTurn Open(
        WorkspaceDatabase database, LanePass pass, PagePlanner planner, DestinationLimits limits, TimeProvider clock, ILogger logger)
    {
        var range = new RemovalRange(database);
        var plans = new PlanTable(database);
        var guard = new PlanGuard(plans, range, clock, logger);
        return new LaneTurn(
            pass,
            new CutoverWalk(new CutoverTable(database), pass, guard, clock),
            guard,
            new PlanWork(plans, range, pass, clock, logger),
            new SayAgain(new SayAgainTable(database), limits, clock, logger),
            new RemainsPass(new RemainsTable(database), planner, pass, clock));
    }

    /// <param name="lease">Of the account.</param>
    /// <param name="binding">Whose turn.</param>
    /// <param name="lane">Which.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>More when any of it has more; held when the lane stands where it stood.</returns>
    /// <exception cref="LeaseLostException">The account is another host's.</exception>
    public Task<PassEnd> RunAsync(Lease lease, Binding binding, Lane lane, CancellationToken cancellationToken) =>
        lane.Desired ? AddAsync(lease, binding, cancellationToken) : RemoveAsync(lease, binding, cancellationToken);

    private async Task<PassEnd> AddAsync(Lease lease, Binding binding, CancellationToken cancellationToken)
    {
        var end = await pass.RunAsync(lease, binding, Lane.Adds, cancellationToken);
        if (end is PassEnd.Held or PassEnd.More)
        {
            return end;
        }

        var marked = await again.RunAsync(lease, binding, cancellationToken);
        return marked == PassEnd.More ? marked : end;
    }

    private async Task<PassEnd> RemoveAsync(Lease lease, Binding binding, CancellationToken cancellationToken)
    {
        var planned = binding.HasPlans ? await plans.RunAsync(lease, binding, cancellationToken) : PassEnd.Empty;
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
