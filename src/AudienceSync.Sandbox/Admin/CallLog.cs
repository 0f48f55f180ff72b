using AudienceSync.Sandbox.Budgets;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Admin;

/// <summary>
/// One call to a platform, recorded when its response is determined. Status 0 means that the connection was dropped instead.
/// </summary>
/// <param name="Code">The platform's error code: a number for Meta and TikTok, a reason for Google.</param>
internal sealed record CallRecord(
    DateTimeOffset At,
    string Platform,
    string? Audience,
    string Operation,
    int Rows,
    int Status,
    object? Code,
    FaultKind? Fault
);

/// <summary>The effect of a call, in addition to its <see cref="CallRecord"/>.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct CallEffect(int Applied, int Removed, int Invalid, int EmptyHash);

/// <summary>Counts every call and keeps the last <see cref="RecentCalls"/>. Contains neither tokens nor digests.</summary>
internal sealed class CallLog
{
    public const int RecentCalls = 1_000;

    private readonly Lock gate = new();
    private readonly Queue<CallRecord> recent = new(RecentCalls);
    private readonly Dictionary<(string Audience, string Operation, string Platform), CallTotals> totals = [];

    /// <param name="known">False excludes the audience from the totals: arbitrary ids must not grow them.</param>
    public void Record(CallRecord call, bool known, bool violation, CallEffect effect)
    {
        lock (gate)
        {
            if (recent.Count == RecentCalls)
            {
                recent.Dequeue();
            }

            recent.Enqueue(call);
            Count(TotalsOf(call.Platform, known ? call.Audience : null, call.Operation), call, violation, effect);
        }
    }

    /// <summary>The later effect of an accepted call: added to the totals of its operation without counting a call.</summary>
    public void AddEffect(string platform, string audience, string operation, CallEffect effect)
    {
        lock (gate)
        {
            Add(TotalsOf(platform, audience, operation), effect);
        }
    }

    /// <summary>Serializes inside the lock, because totals keep changing.</summary>
    public byte[] ToJson(IEnumerable<BudgetView> budgets)
    {
        lock (gate)
        {
            var ordered = totals.OrderBy(total => total.Key).Select(total => total.Value);
            return System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    totals = ordered,
                    budgets,
                    recent,
                },
                SandboxJson.Options
            );
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            recent.Clear();
            totals.Clear();
        }
    }

    private static void Count(CallTotals into, CallRecord call, bool violation, CallEffect effect)
    {
        into.Calls++;
        into.Rows += call.Rows;
        into.MaxRowsPerCall = Math.Max(into.MaxRowsPerCall, call.Rows);
        Add(into, effect);
        into.BudgetViolations += violation ? 1 : 0;
        if (call.Fault is { } fault)
        {
            Increment(into.Faults, System.Text.Json.JsonSerializer.SerializeToElement(fault, SandboxJson.Options).GetString()!);
        }

        if (call.Code is { } code)
        {
            Increment(into.Refused, code.ToString()!);
        }
    }

    private static void Add(CallTotals into, CallEffect effect)
    {
        into.Applied += effect.Applied;
        into.Removed += effect.Removed;
        into.Invalid += effect.Invalid;
        into.EmptyHash += effect.EmptyHash;
    }

    private static void Increment(SortedDictionary<string, long> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;

    private CallTotals TotalsOf(string platform, string? audience, string operation)
    {
        var key = (audience ?? "", operation, platform);
        if (!totals.TryGetValue(key, out var found))
        {
            totals[key] = found = new CallTotals(platform, audience, operation);
        }

        return found;
    }
}
