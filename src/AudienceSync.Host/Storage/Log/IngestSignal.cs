namespace AudienceSync.Host.Storage.Log;

/// <summary>Wakes whoever waits for new events inside this process, at no cost. Other hosts are woken by NOTIFY; polling is the truth.</summary>
public sealed class IngestSignal
{
    private readonly SemaphoreSlim _appended = new(0, 1);

    public void Appended()
    {
        if (_appended.CurrentCount == 0)
        {
            try
            {
                _appended.Release();
            }
            catch (SemaphoreFullException)
            {
                // Two wakes at once are one wake.
                return;
            }
        }
    }

    /// <summary>Returns when something was appended since the last wait, or when the time is over.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => await _appended.WaitAsync(atMost, cancellationToken);
}
