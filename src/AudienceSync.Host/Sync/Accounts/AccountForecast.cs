using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Sync.Accounts;

/// <summary>How much of one of an account's windows is used.</summary>
public sealed record AllowanceUse(string Name, int Calls, int Used);

/// <summary>The state of an ad account, and when everything that is pending now will have been sent.</summary>
/// <param name="Destination">Its name.</param>
/// <param name="Platform">Its platform.</param>
/// <param name="State"><c>active</c>, <c>throttled</c>, <c>stopped</c>, <c>paused</c>.</param>
/// <param name="Code">Why it is throttled or stopped.</param>
/// <param name="BlockedUntil">Until when it must wait.</param>
/// <param name="UsedPercent">The used share of its budget, as the platform last reported it.</param>
/// <param name="Budget">Its windows.</param>
/// <param name="PendingCalls">Number of calls that the pending changes need.</param>
/// <param name="DrainsInS">Seconds until these calls have been made; null when the account is stopped or paused.</param>
public sealed record AccountForecast(
    string Destination,
    string Platform,
    string State,
    string? Code,
    DateTimeOffset? BlockedUntil,
    int UsedPercent,
    IReadOnlyList<AllowanceUse> Budget,
    long PendingCalls,
    long? DrainsInS
)
{
    /// <summary>Since when every response for the account has been a throttle; null when the last one was not.</summary>
    public DateTimeOffset? ThrottledSince { get; init; }

    /// <summary>
    /// Whether that is longer than <see cref="RetryBounds"/> accepts as normal: someone must look at it, though nothing is dropped.
    /// </summary>
    public bool Overdue { get; init; }

    /// <summary>Since when it is stopped.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    public static AccountForecast Of(
        AccountCounts account,
        DestinationLimits limits,
        IReadOnlyList<BudgetSlot> slots,
        IEnumerable<BindingCounts> bindings,
        DateTimeOffset now
    )
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(limits);
        var windows = CallBudget.Open(limits.Allowances, slots);
        var blocked = account.BlockedUntil is { } until && until > now ? until - now : TimeSpan.Zero;
        var calls = bindings
            .Where(binding => binding.Destination == account.Destination)
            .Sum(binding => Calls(binding.PendingRemovals, limits) + Calls(binding.PendingAdds + binding.Waiting, limits));
        var drain = DrainForecast.Of(
            calls,
            windows.Select(window => (window.Window, CallBudget.AllowedOf(window.Window, MemberOperation.Add))),
            TimeSpan.FromMilliseconds(account.LatencyMs),
            blocked,
            now
        );
        return new AccountForecast(
            account.Destination,
            account.Platform,
            account.Paused ? "paused"
                : account.StoppedCode is not null ? "stopped"
                : blocked > TimeSpan.Zero ? "throttled"
                : "active",
            account.Paused ? "paused" : account.StoppedCode ?? (blocked > TimeSpan.Zero ? account.BlockedCode : null),
            blocked > TimeSpan.Zero ? account.BlockedUntil : null,
            account.UsedPercent,
            [.. windows.Select(window => new AllowanceUse(window.Name, window.Window.Calls, window.Window.Used(now)))],
            calls,
            account.StoppedCode is null && !account.Paused ? (long)Math.Ceiling(drain.TotalSeconds) : null
        )
        {
            ThrottledSince = account.ThrottledSince,
            Overdue = account.ThrottledSince is { } since && RetryBounds.Of(OutcomeKind.Snooze).IsReached(now - since, calls: 0),
            StoppedAt = account.StoppedAt,
        };
    }

    private static long Calls(long members, DestinationLimits limits) => (members + limits.MembersPerCall - 1) / limits.MembersPerCall;
}
