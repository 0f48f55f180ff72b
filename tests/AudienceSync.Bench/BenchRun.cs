namespace AudienceSync.Bench;

/// <summary>The exit codes that all benches share: 0 all goals met, 1 at least one goal missed, 2 could not run, 130 interrupted.</summary>
internal static class BenchRun
{
    public const int CouldNotRun = 2;
    private const int Interrupted = 130;

    public static async Task<int> RunAsync(Func<Task<int>> bench, CancellationToken cancel)
    {
        try
        {
            return await bench();
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            // Ctrl-C reaches the children, too, so whatever failed first is a consequence of it.
            await Console.Error.WriteLineAsync("bench: interrupted, all children are stopped.");
            return Interrupted;
        }
        catch (BenchFailedException e)
        {
            await Console.Error.WriteLineAsync($"bench: {e.Message}");
            return CouldNotRun;
        }
        catch (Exception e)
        {
            // The outermost handler: a stack trace, and never the exit code of a missed goal.
            await Console.Error.WriteLineAsync($"bench: {e}");
            return CouldNotRun;
        }
    }
}
