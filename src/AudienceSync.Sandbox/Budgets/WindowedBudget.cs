namespace AudienceSync.Sandbox.Budgets;

/// <summary>The limit of one window of a budget.</summary>
/// <param name="Block">How long a call over the limit keeps the window shut at least.</param>
internal sealed record WindowLimit(string Name, TimeSpan Length, int Limit, TimeSpan Block = default);

/// <summary>What one call was told.</summary>
/// <param name="Refusing">The window that had nothing left; null when the call was let through.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct BudgetAnswer(string? Refusing, bool Violation);

/// <summary>A budget of several windows; a call must fit into all of them. The limits may change between calls.</summary>
internal sealed class WindowedBudget(string platform, string scope, string group, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, CallWindow> windows = new(StringComparer.Ordinal);
    private IReadOnlyList<WindowLimit> latest = [];

    public BudgetAnswer Take(IReadOnlyList<WindowLimit> limits)
    {
        lock (gate)
        {
            latest = limits;
            var now = clock.GetUtcNow();
            string? refusing = null;
            var violation = false;
            foreach (var limit in limits)
            {
                var answer = WindowOf(limit).Look(limit.Limit, now);
                refusing ??= answer.Refused ? limit.Name : null;
                violation |= answer.Violation;
            }

            foreach (var limit in refusing is null ? limits : [])
            {
                WindowOf(limit).Use();
            }

            return new BudgetAnswer(refusing, violation);
        }
    }

    /// <summary>A scripted throttle of the shortest window: calls within its length are violations but are not refused.</summary>
    public void AskForSilence()
    {
        lock (gate)
        {
            if (latest.Count > 0)
            {
                WindowOf(latest[0]).AskForSilence(clock.GetUtcNow() + latest[0].Length);
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
