using System.Diagnostics;

namespace AudienceSync.Waits;

/// <summary>The lines that a process has printed, and a wait for one of them. Output and errors must be redirected.</summary>
internal sealed class ProcessLines
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> Is, TaskCompletionSource<string> Found)> _waiting = [];
    private readonly Process _process;

    private ProcessLines(Process process) => _process = process;

    /// <summary>All lines so far.</summary>
    public IReadOnlyList<string> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Reads both streams from now on.</summary>
    public static ProcessLines Of(Process process)
    {
        var lines = new ProcessLines(process);
        process.OutputDataReceived += (_, line) => lines.Keep(line.Data);
        process.ErrorDataReceived += (_, line) => lines.Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return lines;
    }

    /// <summary>
    /// The first line, printed before or after this call, that contains the text. A process that ends without it fails the test at once.
    /// </summary>
    public Task<string> WaitForAsync(string text, TimeSpan? longest = null) =>
        WaitForAsync(line => line.Contains(text, StringComparison.Ordinal), $"a line with '{text}'", longest);

    /// <inheritdoc cref="WaitForAsync(string, TimeSpan?)"/>
    public async Task<string> WaitForAsync(Func<string, bool> isIt, string what, TimeSpan? longest = null)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_lines.Find(line => isIt(line)) is { } printed)
            {
                return printed;
            }

            _waiting.Add((isIt, found));
        }

        using var timeout = new CancellationTokenSource(longest ?? Deadline.Longest);
        try
        {
            await Task.WhenAny(found.Task, _process.WaitForExitAsync(timeout.Token)).WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException(
                $"Not printed within {(longest ?? Deadline.Longest).TotalSeconds} s: {what}\n{string.Join('\n', All.TakeLast(60))}",
                late
            );
        }

        return All.FirstOrDefault(isIt)
            ?? throw new InvalidOperationException($"The process ended without {what}\n{string.Join('\n', All.TakeLast(60))}");
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _lines.Add(line);
            foreach (var (_, found) in _waiting.Where(one => one.Is(line)))
            {
                found.TrySetResult(line);
            }

            _waiting.RemoveAll(one => one.Found.Task.IsCompleted);
        }
    }
}
