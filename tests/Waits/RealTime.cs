namespace AudienceSync.Waits;

/// <summary>
/// Real time that must pass because it affects other processes, such as how long one of them is stopped. Never for waiting on a condition.
/// </summary>
internal static class RealTime
{
    public static async Task PassAsync(TimeSpan time)
    {
        using var once = new PeriodicTimer(time);
        await once.WaitForNextTickAsync();
    }
}
