namespace AudienceSync.Host.Tests.Simulation;

internal static class Waiting
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Looks until something holds; other processes cannot be awaited.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string> otherwise)
    {
        using var patience = new CancellationTokenSource(Longest);
        using var looks = new PeriodicTimer(Look);
        while (!await holds())
        {
            patience.IsCancellationRequested.ShouldBeFalse(patience.IsCancellationRequested ? otherwise() : null);
            await looks.WaitForNextTickAsync();
        }
    }
}
