using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Status;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Holding;

/// <summary>
/// Tells once an hour of what is held and keeps people on lists they should be off: a pause with removals behind it, a plan that nobody has
/// approved. An account that somebody paused and forgot costs money every day and looks like peace.
/// </summary>
public sealed class HoldWatch(HoldQueries queries, Wake wake, TimeProvider clock, ILogger<HoldWatch> logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RemindEvery = TimeSpan.FromHours(1);

    private readonly Dictionary<string, DateTimeOffset> _reported = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var outage = new OutageLog("Watch over holds", clock, logger);
        while (!cancellationToken.IsCancellationRequested)
        {
            var wait = LookEvery;
            try
            {
                await LookAsync(cancellationToken);
                outage.Recovered();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                wait = outage.Failed(failure);
            }

            await wake.WaitAsync(wait, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks once.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var pause in await queries.ReadPausesAsync(cancellationToken))
        {
            if (pause.WaitingRemovals > 0 && IsTime($"{pause.Destination} {pause.Remote}", now))
            {
                logger.LogWarning(
                    "{Removals} removals wait because {Destination} {Remote} was paused by {By} at {At:u}", pause.WaitingRemovals, pause.Destination, pause.Remote ?? "", pause.By, pause.At);
            }
        }

        foreach (var plan in await queries.ReadPlansAsync(now, cancellationToken))
        {
            if (plan.State != "approved" && IsTime($"plan {plan.Plan}", now))
            {
                logger.LogWarning(
                    "Plan {Plan} to remove {Removals} of {Members} at {Destination} {Remote} waits for approval since {At:u}",
                    plan.Plan, plan.Removals, plan.Members, plan.Destination, plan.Remote, plan.HeldAt);
            }
        }
    }

    private bool IsTime(string what, DateTimeOffset now)
    {
        if (_reported.TryGetValue(what, out var at) && now - at < RemindEvery)
        {
            return false;
        }

        _reported[what] = now;
        return true;
    }
}
