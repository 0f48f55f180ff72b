using System.Diagnostics;

namespace AudienceSync.Waits;

/// <summary>Deadlines for single tasks and for processes.</summary>
internal static class DeadlineExtensions
{
    /// <summary>Awaits a task that something else has to complete.</summary>
    public static async Task OrTimeoutAsync(this Task task, string missing, TimeSpan? longest = null)
    {
        try
        {
            await task.WaitAsync(longest ?? Deadline.Longest);
        }
        catch (TimeoutException late) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Not within {(longest ?? Deadline.Longest).TotalSeconds} s: {missing}", late);
        }
    }

    /// <inheritdoc cref="OrTimeoutAsync(Task, string, TimeSpan?)"/>
    public static async Task<T> OrTimeoutAsync<T>(this Task<T> task, string missing, TimeSpan? longest = null)
    {
        await ((Task)task).OrTimeoutAsync(missing, longest);
        return await task;
    }

    /// <summary>
    /// Awaits the end of a process. A process that does not end is killed with all its child processes, and the test fails.
    /// </summary>
    public static async Task EndAsync(this Process process, TimeSpan? longest = null)
    {
        using var timeout = new CancellationTokenSource(longest ?? Deadline.Longest);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The process {process.Id} did not end within {(longest ?? Deadline.Longest).TotalSeconds} s", late);
        }
    }

    /// <summary>The same for a process that the test started; returns its exit code.</summary>
    public static async Task<int> ExitCodeAsync(this Process process, TimeSpan? longest = null)
    {
        await process.EndAsync(longest);
        return process.ExitCode;
    }
}
