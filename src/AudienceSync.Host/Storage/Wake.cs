namespace AudienceSync.Host.Storage;

/// <summary>Wakes one waiting loop of this process. Many wakes before a wait are one. A hint: every loop also polls.</summary>
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

    /// <summary>Returns when signalled since the last wait, or when the time is over.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        // A source of its own for the time: its timer may fire while it is disposed of, which a callback of ours would not survive.
        using var time = new CancellationTokenSource(atMost, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, time.Token);
        try
        {
            await _signal.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is over, which is the usual end of a wait.
            return;
        }
    }

    public void Dispose() => _signal.Dispose();
}
