using System.Diagnostics;

namespace AudienceSync.Waits;

/// <summary>
/// How a test waits for what may never come: every wait ends, and says what was missing. Other ways are refused by
/// <c>EndlessWaitTests</c> in tests/AudienceSync.CodeRules.
/// </summary>
internal sealed class Deadline
{
    /// <summary>Long enough for a loaded machine; nobody waits that long unless something is broken.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly TimeSpan _longest;

    private Deadline(TimeSpan longest) => _longest = longest;

    /// <summary>Begins now.</summary>
    public static Deadline In(TimeSpan? longest = null) => new(longest ?? Longest);

    /// <summary>For a loop that looks again and again: throws when the time is over.</summary>
    public void Check(string missing) => Check(() => missing);

    /// <inheritdoc cref="Check(string)"/>
    public void Check(Func<string> missing)
    {
        if (Stopwatch.GetElapsedTime(_started) > _longest)
        {
            throw new TimeoutException($"Not within {_longest.TotalSeconds} s: {missing()}");
        }
    }

    /// <summary>Looks until something holds; what another process does cannot be awaited.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string> missing, TimeSpan? longest = null)
    {
        var deadline = In(longest);
        using var looks = new PeriodicTimer(Look);
        while (!await holds())
        {
            deadline.Check(missing);
            await looks.WaitForNextTickAsync();
        }
    }

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, Func{string}, TimeSpan?)"/>
    public static Task UntilAsync(Func<bool> holds, Func<string> missing, TimeSpan? longest = null) =>
        UntilAsync(() => Task.FromResult(holds()), missing, longest);
}
