namespace AudienceSync.Waits;

/// <summary>Time that must really pass, because other processes live in it: how long one of them is stopped. Never to wait for something.</summary>
internal static class RealTime
{
    public static async Task PassAsync(TimeSpan time)
    {
        using var once = new PeriodicTimer(time);
        await once.WaitForNextTickAsync();
    }
}
