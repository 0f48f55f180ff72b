namespace AudienceSync.Sandbox.Budgets;

/// <summary>The result of counting a call in a window.</summary>
/// <param name="Refused">The budget is exhausted.</param>
/// <param name="Violation">Refused, or within a backoff period that an earlier response requested.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct WindowResult(bool Refused, bool Violation);

/// <summary>
/// Calls in fixed clock-aligned windows: the count restarts at every whole second, minute or UTC day. A refused call is not counted as
/// used. Not safe for concurrent use.
/// </summary>
/// <param name="block">The minimum time that a call over the limit blocks the window; zero for the rest of the window.</param>
internal sealed class CallWindow(string name, TimeSpan length, TimeSpan block)
{
    private DateTimeOffset start;
    private DateTimeOffset blockedUntil;
    private DateTimeOffset backoffUntil;
    private int used;
    private int received;
    private int peak;
    private long violations;

    public WindowResult Count(int limit, DateTimeOffset now)
    {
        Roll(now);
        received++;
        peak = Math.Max(peak, received);
        var refused = now < blockedUntil || used >= limit;
        if (refused && now >= blockedUntil && block > TimeSpan.Zero)
        {
            blockedUntil = now + block;
        }

        var violation = refused || now < backoffUntil;
        violations += violation ? 1 : 0;
        return new WindowResult(refused, violation);
    }

    public void Use() => used++;

    /// <summary>A scripted throttle: calls before that time are violations but are not refused.</summary>
    public void StartBackoff(DateTimeOffset until) => backoffUntil = until;

    public BudgetView View(string platform, string scope, string group, int limit, DateTimeOffset now)
    {
        Roll(now);
        return new BudgetView(platform, scope, group, name, limit, used, peak, violations);
    }

    private void Roll(DateTimeOffset now)
    {
        var current = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % length.Ticks), TimeSpan.Zero);
        if (current != start)
        {
            (start, used, received) = (current, 0, 0);
        }
    }
}
