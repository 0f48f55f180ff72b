namespace AudienceSync.Host.EventStore;

/// <summary>
/// Wakes one waiting loop of this process. Several signals before a wait count as one. Only a hint: every loop also polls.
/// </summary>
public sealed class Wake(TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, 1);

    public void Signal()
    {
        lock (_signal)
        {
            if (_signal.CurrentCount == 0)
            {
                _signal.Release();
            }
        }
    }

    /// <summary>Returns when it was signaled since the last wait, or when the time has elapsed.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        // A separate source for the time limit: its timer may fire while it is being disposed, which a callback of our own would not
        // survive.
        using var time = new CancellationTokenSource(atMost, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, time.Token);
        try
        {
            await _signal.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time has elapsed, which is the usual end of a wait.
            return;
        }
    }

    public void Dispose() => _signal.Dispose();
}
