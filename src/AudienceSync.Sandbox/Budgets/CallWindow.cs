namespace AudienceSync.Sandbox.Budgets;

/// <summary>Whether a call fits into a window.</summary>
/// <param name="Refused">Nothing was left.</param>
/// <param name="Violation">Refused, or within a time of silence that an earlier answer asked for.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct Admittance(bool Refused, bool Violation);

/// <summary>
/// Calls in fixed windows of the clock: every whole second, minute or UTC day starts anew. A refused call is not counted as used.
/// Not safe for concurrent use.
/// </summary>
/// <param name="block">How long a call over the limit keeps the window shut at least; zero for the rest of the window.</param>
internal sealed class CallWindow(string name, TimeSpan length, TimeSpan block)
{
    private DateTimeOffset start;
    private DateTimeOffset shutUntil;
    private DateTimeOffset silentUntil;
    private int used;
    private int came;
    private int most;
    private long violations;

    public Admittance Look(int limit, DateTimeOffset now)
    {
        Turn(now);
        came++;
        most = Math.Max(most, came);
        var refused = now < shutUntil || used >= limit;
        if (refused && now >= shutUntil && block > TimeSpan.Zero)
        {
            shutUntil = now + block;
        }

        var violation = refused || now < silentUntil;
        violations += violation ? 1 : 0;
        return new Admittance(refused, violation);
    }

    public void Use() => used++;

    /// <summary>A scripted throttle: calls until then are violations but are not refused.</summary>
    public void AskForSilence(DateTimeOffset until) => silentUntil = until;

    public BudgetView View(string platform, string scope, string group, int limit, DateTimeOffset now)
    {
        Turn(now);
        return new BudgetView(platform, scope, group, name, limit, used, most, violations);
    }

    private void Turn(DateTimeOffset now)
    {
        var current = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % length.Ticks), TimeSpan.Zero);
        if (current != start)
        {
            (start, used, came) = (current, 0, 0);
        }
    }
}
