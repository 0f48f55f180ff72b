namespace AudienceSync.Bench.Processes;

/// <summary>Reads a process's resident memory twice a second, from construction to <see cref="StopAsync"/>.</summary>
internal sealed class RssSampler : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<double> _sampling;

    public RssSampler(int pid, TimeProvider clock) => _sampling = SampleAsync(pid, clock, _stop.Token);

    /// <summary>Ends the sampling and returns the maximum, in MB.</summary>
    public async Task<double> StopAsync()
    {
        await _stop.CancelAsync();
        return await _sampling;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private static async Task<double> SampleAsync(int pid, TimeProvider clock, CancellationToken stop)
    {
        double most = 0;
        using var timer = new PeriodicTimer(Pause, clock);
        while (!stop.IsCancellationRequested)
        {
            most = Math.Max(most, ProcFs.RssMb(pid));
            Task tick = timer.WaitForNextTickAsync(stop).AsTask();
            await tick.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return most;
    }
}
