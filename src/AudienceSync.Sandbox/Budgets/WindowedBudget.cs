namespace AudienceSync.Sandbox.Budgets;

/// <summary>The limit of one window of a budget.</summary>
/// <param name="Block">The minimum time that a call over the limit blocks the window.</param>
internal sealed record WindowLimit(string Name, TimeSpan Length, int Limit, TimeSpan Block = default);

/// <summary>The result of charging one call to a budget.</summary>
/// <param name="Refusing">The exhausted window; null when the call was admitted.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct BudgetResult(string? Refusing, bool Violation);

/// <summary>A budget of several windows; a call must fit into all of them. The limits may change between calls.</summary>
internal sealed class WindowedBudget(string platform, string scope, string group, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, CallWindow> windows = new(StringComparer.Ordinal);
    private IReadOnlyList<WindowLimit> latest = [];

    public BudgetResult Take(IReadOnlyList<WindowLimit> limits)
    {
        lock (gate)
        {
            latest = limits;
            var now = clock.GetUtcNow();
            string? refusing = null;
            var violation = false;
            foreach (var limit in limits)
            {
                var result = WindowOf(limit).Count(limit.Limit, now);
                refusing ??= result.Refused ? limit.Name : null;
                violation |= result.Violation;
            }

            foreach (var limit in refusing is null ? limits : [])
            {
                WindowOf(limit).Use();
            }

            return new BudgetResult(refusing, violation);
        }
    }

    /// <summary>A scripted throttle of the shortest window: calls within its length are violations but are not refused.</summary>
    public void StartBackoff()
    {
        lock (gate)
        {
            if (latest.Count > 0)
            {
                WindowOf(latest[0]).StartBackoff(clock.GetUtcNow() + latest[0].Length);
            }
        }
    }

    public IReadOnlyList<BudgetView> Views()
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            return [.. latest.Select(limit => WindowOf(limit).View(platform, scope, group, limit.Limit, now))];
        }
    }

    private CallWindow WindowOf(WindowLimit limit)
    {
        if (!windows.TryGetValue(limit.Name, out var window))
        {
            windows[limit.Name] = window = new CallWindow(limit.Name, limit.Length, limit.Block);
        }

        return window;
    }
}
