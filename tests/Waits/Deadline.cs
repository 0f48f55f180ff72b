using System.Diagnostics;

namespace AudienceSync.Waits;

/// <summary>
/// Waits for conditions that may never hold: every wait ends, and its error names what was missing. Other kinds of waits are rejected by
/// <c>EndlessWaitTests</c> in tests/AudienceSync.CodeRules.
/// </summary>
internal sealed class Deadline
{
    /// <summary>Long enough for a loaded machine; no test waits that long unless something is broken.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly TimeSpan _longest;

    private Deadline(TimeSpan longest) => _longest = longest;

    /// <summary>Starts now.</summary>
    public static Deadline In(TimeSpan? longest = null) => new(longest ?? Longest);

    /// <summary>For a loop that polls: throws when the time limit has passed.</summary>
    public void Check(string missing) => Check(() => missing);

    /// <inheritdoc cref="Check(string)"/>
    public void Check(Func<string> missing)
    {
        if (Stopwatch.GetElapsedTime(_started) > _longest)
        {
            throw new TimeoutException($"Not within {_longest.TotalSeconds} s: {missing()}");
        }
    }

    /// <summary>Polls until a condition holds; the progress of another process cannot be awaited.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string> missing, TimeSpan? longest = null)
    {
        var deadline = In(longest);
        using var timer = new PeriodicTimer(PollInterval);
        while (!await holds())
        {
            deadline.Check(missing);
            await timer.WaitForNextTickAsync();
        }
    }

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, Func{string}, TimeSpan?)"/>
    public static Task UntilAsync(Func<bool> holds, Func<string> missing, TimeSpan? longest = null) =>
        UntilAsync(() => Task.FromResult(holds()), missing, longest);
}
