using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Sync.Holds;

/// <summary>
/// Logs once an hour what is held and keeps people in remote audiences that they should have left: a pause with waiting removals, a plan
/// that is not approved. An account that was paused and forgotten costs money every day and shows no error.
/// </summary>
public sealed class HoldWatch(HoldQueries queries, Wake wake, TimeProvider clock, ILogger<HoldWatch> logger)
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ReminderInterval = TimeSpan.FromHours(1);

    private readonly Dictionary<string, DateTimeOffset> _reported = new(StringComparer.Ordinal);

    public Task RunAsync(CancellationToken cancellationToken) =>
        new RetryLoop("Hold watch", clock, logger, wake).RunAsync(
            async token =>
            {
                await LookAsync(token);
                return CheckInterval;
            },
            cancellationToken
        );

    /// <summary>Checks once.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var pause in await queries.ReadPausesAsync(cancellationToken))
        {
            if (pause.WaitingRemovals > 0 && IsReminderDue($"{pause.Destination} {pause.Remote}", now))
            {
                logger.LogWarning(
                    "{Removals} removals waiting; {Destination} {Remote} was paused by {By} at {At:u}",
                    pause.WaitingRemovals,
                    pause.Destination,
                    pause.Remote ?? "",
                    pause.By,
                    pause.At
                );
            }
        }

        foreach (var plan in await queries.ReadPlansAsync(now, cancellationToken))
        {
            if (plan.State != "approved" && IsReminderDue($"plan {plan.Plan}", now))
            {
                logger.LogWarning(
                    "Plan {Plan} to remove {Removals} of {Members} at {Destination} {Remote} waiting for approval since {At:u}",
                    plan.Plan,
                    plan.Removals,
                    plan.Members,
                    plan.Destination,
                    plan.Remote,
                    plan.HeldAt
                );
            }
        }
    }

    private bool IsReminderDue(string hold, DateTimeOffset now)
    {
        if (_reported.TryGetValue(hold, out var at) && now - at < ReminderInterval)
        {
            return false;
        }

        _reported[hold] = now;
        return true;
    }
}
