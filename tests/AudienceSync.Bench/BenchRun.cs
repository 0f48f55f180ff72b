namespace AudienceSync.Bench;

/// <summary>The exit codes all benches share: 0 all bars met, 1 one missed, 2 could not run, 130 interrupted.</summary>
internal static class BenchRun
{
    private const int CouldNotRun = 2;
    private const int Interrupted = 130;

    public static async Task<int> RunAsync(Func<Task<int>> bench)
    {
        try
        {
            return await bench();
        }
        catch (BenchFailedException e)
        {
            await Console.Error.WriteLineAsync($"bench: {e.Message}");
            return CouldNotRun;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("bench: interrupted, all children are stopped.");
            return Interrupted;
        }
    }
}
