using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.EventStore;

/// <summary>
/// Repeats a turn until it is canceled: what every loop of a workspace has in common.
/// <para>
/// <b>States.</b> In a turn; waiting for the next one, until the time that the turn returned has passed or the loop is woken.
/// <b>Failures.</b> No turn that throws ends the loop. It is logged as an outage (<see cref="OutageLog"/>): one line when it begins, one
/// when a turn succeeds. The waits in between grow, and no wake shortens them: while storage is down every request would cause a retry. A
/// signal that came meanwhile is kept for the wait after the next turn. A cancellation ends the turn and the loop without an error.
/// </para>
/// </summary>
/// <param name="what">The name of the loop in the log.</param>
/// <param name="clock">Measures the waits.</param>
/// <param name="logger">Receives the outages.</param>
/// <param name="wake">Ends a wait early; null when nothing does.</param>
public sealed class RetryLoop(string what, TimeProvider clock, ILogger logger, Wake? wake = null)
{
    private readonly OutageLog _outage = new(what, clock, logger);

    /// <summary>Whether the last turn failed.</summary>
    public bool IsOut => _outage.IsOut;

    /// <param name="turn">Works once, and returns how long to wait for the next turn.</param>
    /// <param name="cancellationToken">Ends the loop.</param>
    public async Task RunAsync(Func<CancellationToken, Task<TimeSpan>> turn, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var wait = await turn(cancellationToken);
                Recovered();
                await WaitAsync(wait, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                await Task.Delay(_outage.Failed(failure), clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Ends an outage in the log: for a turn that has succeeded in something and continues.</summary>
    public void Recovered() => _outage.Recovered();

    /// <summary>Waits for a wake, for at most this long.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        wake is null ? Task.Delay(atMost, clock, cancellationToken) : wake.WaitAsync(atMost, cancellationToken);
}
