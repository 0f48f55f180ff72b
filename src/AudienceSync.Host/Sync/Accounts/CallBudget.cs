using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Lanes;

namespace AudienceSync.Host.Sync.Accounts;

/// <summary>
/// How many calls an account may still make. One for each account, whichever host works on it.
/// <para>
/// <b>Counted before the call.</b> A call is counted in the transaction that writes its intent, which holds the account's lease. So a host
/// that lost the account counts nothing and calls nothing, the next one reads all calls that its predecessor may have made, and a crash
/// between counting and calling only leaves a little unused. The counts here are a copy that is correct as long as this host has the lease;
/// with another fence they are read again.
/// </para>
/// <para>
/// <b>A call may need several requests.</b> No call is started that could exceed its window on the way; the requests it made are counted
/// afterwards.
/// </para>
/// <para>
/// <b>Removals keep a share.</b> Adds may use four fifths of each window, removals all of it, and adds also stop when the platform itself
/// reports that four fifths are used. The reported value counts for a minute: then one add is sent to get the current value.
/// </para>
/// <para>
/// <b>Waiting.</b> A lane without budget waits until its window has moved on, which is no failure and costs no attempt. A throttle by the
/// platform holds the whole account (<see cref="LaneProcessor"/>); limits per minute and per day differ in how long.
/// </para>
/// </summary>
public sealed class CallBudget
{
    /// <summary>The code of a lane that waits for budget.</summary>
    public const string Code = Outcome.NoBudgetCode;

    /// <summary>The share of each window that adds may use.</summary>
    public const int AddsPercent = 80;

    /// <summary>How long a value reported by the platform is used.</summary>
    public static readonly TimeSpan UsageValidFor = TimeSpan.FromMinutes(1);

    // Windows shorter than this do not determine how slowly changes are gathered.
    private static readonly TimeSpan ShortestForFlush = TimeSpan.FromMinutes(1);

    private readonly string _destination;
    private readonly IReadOnlyList<CallAllowance> _allowances;
    private readonly BudgetStore _table;
    private readonly TimeProvider _clock;
    private readonly Dictionary<(string Allowance, long Slot), int> _unwritten = [];
    private List<(string Name, SlidingWindow Window)> _windows = [];
    private (int UsedPercent, DateTimeOffset At)? _usage;
    private long? _fence;

    public CallBudget(string destination, IReadOnlyList<CallAllowance> allowances, BudgetStore table, TimeProvider clock)
    {
        (_destination, _allowances, _table, _clock) = (destination, allowances, table, clock);
        _windows = Open(allowances, []);
    }

    /// <summary>Requests that one call may need.</summary>
    public int RequestsPerCall { get; init; } = 1;

    /// <summary>Windows as stored.</summary>
    public static List<(string Name, SlidingWindow Window)> Open(IReadOnlyList<CallAllowance> allowances, IReadOnlyList<BudgetSlot> slots)
    {
        var windows = allowances
            .Select(allowance => (allowance.Name, Window: new SlidingWindow(allowance.Calls, allowance.Window)))
            .ToList();
        foreach (var slot in slots)
        {
            windows.Find(window => window.Name == slot.Allowance).Window?.Add(slot.Slot, slot.Calls);
        }

        return windows;
    }

    /// <summary>Calls of a window that this operation may use.</summary>
    public static int AllowedOf(SlidingWindow window, MemberOperation operation) =>
        operation == MemberOperation.Add ? Math.Max(1, (int)(window.Calls * (long)AddsPercent / 100)) : window.Calls;

    /// <summary>Takes one call, to be written with its intent.</summary>
    /// <returns>How long to wait when there is none; null when it is taken.</returns>
    public async Task<TimeSpan?> TakeAsync(Lease lease, MemberOperation operation, CancellationToken cancellationToken)
    {
        if (_fence != lease.Fence)
        {
            _windows = Open(_allowances, await _table.ReadAsync(_destination, cancellationToken));
            _usage = await _table.ReadUsageAsync(_destination, cancellationToken);
            _unwritten.Clear();
            _fence = lease.Fence;
        }

        var now = _clock.GetUtcNow();
        var wait = _windows
            .Select(window => window.Window.Until(now, Math.Max(1, AllowedOf(window.Window, operation) - (RequestsPerCall - 1))))
            .DefaultIfEmpty()
            .Max();
        if (
            operation == MemberOperation.Add
            && _usage is { } usage
            && usage.UsedPercent >= AddsPercent
            && usage.At + UsageValidFor - now is var reported
            && reported > wait
        )
        {
            wait = reported;
        }

        if (wait > TimeSpan.Zero)
        {
            return wait;
        }

        Spend(1);
        return null;
    }

    /// <summary>Counts further requests that one call made.</summary>
    public void Spend(int calls)
    {
        var now = _clock.GetUtcNow();
        foreach (var (name, window) in _windows)
        {
            var slot = window.SlotOf(now);
            _unwritten[(name, slot)] = window.Add(slot, calls);
        }
    }

    /// <summary>Takes the usage that the platform reported.</summary>
    public void RecordUsage(AccountUsage usage) => _usage = (usage.UsedPercent, _clock.GetUtcNow());

    /// <summary>What is to be written with the next intent, and from which slot on each window counts.</summary>
    public (List<BudgetSlot> Slots, List<BudgetSlot> Oldest) Unwritten()
    {
        var now = _clock.GetUtcNow();
        var slots = _unwritten.Select(slot => new BudgetSlot(slot.Key.Allowance, slot.Key.Slot, slot.Value)).ToList();
        _unwritten.Clear();
        return (slots, [.. _windows.Select(window => new BudgetSlot(window.Name, window.Window.OldestOf(now), 0))]);
    }

    /// <summary>How much longer changes should gather: a factor of 1 up to half of the budget, of 8 from four fifths on.</summary>
    public double FlushFactor()
    {
        const double from = 0.5;
        const double to = AddsPercent / 100.0;
        const int slowest = 8;
        var now = _clock.GetUtcNow();
        var reported = _usage is { } usage && usage.At + UsageValidFor > now ? usage.UsedPercent / 100.0 : 0;
        var share = _windows
            .Where(window => window.Window.Length >= ShortestForFlush)
            .Select(window => window.Window.Used(now) / (double)window.Window.Calls)
            .Append(reported)
            .Max();
        return 1 + ((slowest - 1) * Math.Clamp((share - from) / (to - from), 0, 1));
    }
}
