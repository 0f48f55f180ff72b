using AudienceSync.Sandbox.Budgets;

namespace AudienceSync.Sandbox.Meta;

/// <summary>The state of an account's budget after counting a call.</summary>
/// <param name="Percent">Percentage of the hourly calls that are used, 0 to 100.</param>
/// <param name="RegainMinutes">Minutes, rounded up, until a call is allowed again; 0 when one is allowed now.</param>
/// <param name="Refused">The call was received when the budget was exhausted.</param>
/// <param name="Violation">The call was received within a regain time stated by an earlier response.</param>
internal readonly record struct Usage(int Percent, int RegainMinutes, bool Refused, bool Violation);

/// <summary>
/// Calls of one ad account in the last sliding hour (contract 13.1). A refused call counts too: further calls while throttled
/// extend the block. Only the latest <c>limit</c> calls matter for that, so no more are kept.
/// </summary>
internal sealed class UsageBudget(TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);
    private static readonly TimeSpan FaultRegain = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Queue<DateTimeOffset> calls = new();
    private DateTimeOffset faultUntil;
    private int peak;
    private long violations;

    public Usage Take(int limit)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            ForgetBefore(now - Window);

            var refused = calls.Count >= limit;
            calls.Enqueue(now);
            peak = Math.Max(peak, calls.Count);
            while (calls.Count > limit)
            {
                calls.Dequeue();
            }

            var regain = calls.Count < limit ? 0 : (int)Math.Ceiling((calls.Peek() + Window - now).TotalMinutes);
            var violation = refused || now < faultUntil;
            violations += violation ? 1 : 0;
            return new Usage((int)(calls.Count * 100L / limit), regain, refused, violation);
        }
    }

    /// <summary>A scripted throttle states one minute; calls within it are violations but are not refused.</summary>
    public Usage StateRegain(Usage usage)
    {
        lock (gate)
        {
            faultUntil = clock.GetUtcNow() + FaultRegain;
            return usage with { Percent = 100, RegainMinutes = Math.Max(usage.RegainMinutes, (int)FaultRegain.TotalMinutes) };
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            calls.Clear();
            faultUntil = default;
            (peak, violations) = (0, 0);
        }
    }

    public BudgetView View(string account, int limit)
    {
        lock (gate)
        {
            ForgetBefore(clock.GetUtcNow() - Window);
            return new BudgetView(MetaPlatform.PlatformName, account, "custom_audience", "hour", limit, calls.Count, peak, violations);
        }
    }

    private void ForgetBefore(DateTimeOffset time)
    {
        while (calls.TryPeek(out var oldest) && oldest <= time)
        {
            calls.Dequeue();
        }
    }
}
