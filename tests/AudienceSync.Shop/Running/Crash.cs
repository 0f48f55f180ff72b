using AudienceSync.Shop.Sending;

namespace AudienceSync.Shop.Running;

/// <summary>Kills the engine once a large part of the webhooks is answered, while others are in flight, and restarts it.</summary>
internal sealed class Crash(Stage stage, Tally tally, TimeProvider time)
{
    private const double Share = 0.45;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <param name="webhooks">The number of webhooks in the play.</param>
    /// <returns>The number of webhooks that were answered when the engine was killed.</returns>
    public async Task<int> RunAsync(int webhooks, CancellationToken cancel)
    {
        while (tally.Counts.Sent < webhooks * Share)
        {
            await Task.Delay(Interval, time, cancel);
        }

        var answered = tally.Counts.Sent;
        await stage.CrashHostAsync(Pause, cancel);
        return answered;
    }
}
