namespace AudienceSync.Host.EventStore.Leases;

/// <summary>
/// Work that one Host at a time does: claims a lease, works turn by turn while it holds it, and gives it back.
/// <para>
/// <b>States.</b> Idle: there is no work, nothing is claimed; it looks again when woken or after <see cref="Idle"/>. Waiting: another Host
/// has the lease; it claims again when woken or after <see cref="Retry"/>. Working: turns follow each other, each with the pause that it
/// asks for, until the work ends or the loop is stopped. Either way the lease is released, so that the next Host need not wait for its end.
/// </para>
/// <para>
/// <b>Failures.</b> A lost lease ends the work with one line in the log, and the loop claims again like any other Host. Any other failure
/// of a turn, of storage or a bug, releases the lease as well and is an outage: <see cref="RetryLoop"/>. A Host that is killed releases
/// nothing, and one that is frozen does not notice that its lease has expired: others wait for its time, see <see cref="LeaseStore"/>.
/// </para>
/// <para>
/// <b>Why one writer at a time.</b> The loop itself guards nothing. Each write of a turn carries the fence of the claim, and a turn that
/// only reads and then acts outside calls <see cref="LeaseStore.KeepAsync"/> before; so whatever a turn does after a loss fails in the
/// database and throws. An exception ends the enumeration, so no later turn can use the old fence: the next one has a claim, and a state,
/// of its own. Within the process a second call of <see cref="RunOnceAsync"/> waits, because an owner may claim its own lease again.
/// </para>
/// </summary>
public abstract class LeasedLoop
{
    private readonly RetryLoop _loop;
    private readonly SemaphoreSlim _one = new(1);
    private readonly string _leaseName;
    private readonly string _what;

    /// <param name="leaseName">The lease of the work.</param>
    /// <param name="what">The name of the loop in the log.</param>
    /// <param name="leases">This Host's leases.</param>
    /// <param name="wake">Ends a wait early; null when nothing does.</param>
    /// <param name="clock">Measures the waits.</param>
    /// <param name="logger">Receives outages and lost leases.</param>
    protected LeasedLoop(string leaseName, string what, LeaseStore leases, Wake? wake, TimeProvider clock, ILogger logger)
    {
        (_leaseName, _what) = (leaseName, what);
        (Leases, Clock, Logger) = (leases, clock, logger);
        _loop = new RetryLoop(what, clock, logger, wake);
    }

    protected LeaseStore Leases { get; }

    protected TimeProvider Clock { get; }

    protected ILogger Logger { get; }

    /// <summary>How soon it looks for work when nothing wakes it.</summary>
    protected abstract TimeSpan Idle { get; }

    /// <summary>How soon it claims again what another Host has.</summary>
    protected abstract TimeSpan Retry { get; }

    /// <summary>Whether the last attempt failed: what was logged about it then need not be repeated with each retry.</summary>
    protected bool IsOut => _loop.IsOut;

    /// <summary>Works until it is canceled; failures are retried within.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(TryOnceAsync, cancellationToken);

    /// <summary>Claims the lease if there is work and no other Host has it, and works until nothing is left or it is canceled.</summary>
    /// <returns>False when another Host has the lease.</returns>
    /// <exception cref="LeaseLostException">Another Host has taken over meanwhile.</exception>
    protected internal async Task<bool> RunOnceAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            return !await HasWorkAsync(cancellationToken) || await ClaimAndWorkAsync(cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Whether a claim is worth its write. Reads only.</summary>
    protected virtual Task<bool> HasWorkAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>
    /// The work under one claim. Each element is the end of a turn, and the pause before the next. After the last one the lease is
    /// released.
    /// </summary>
    /// <exception cref="LeaseLostException">Another Host has the lease now; nothing of the turn was written.</exception>
    protected abstract IAsyncEnumerable<TurnPause> WorkAsync(Lease lease, CancellationToken cancellationToken);

    private async Task<TimeSpan> TryOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RunOnceAsync(cancellationToken) ? Idle : Retry;
        }
        catch (LeaseLostException lost)
        {
            Logger.LogWarning("{What}: lease lost; retrying: {Reason}", _what, lost.Message);
            return Retry;
        }
    }

    private async Task<bool> ClaimAndWorkAsync(CancellationToken cancellationToken)
    {
        if (await Leases.TryClaimAsync(_leaseName, cancellationToken) is not { } lease)
        {
            return false;
        }

        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await foreach (var pause in WorkAsync(lease, cancellationToken))
            {
                _loop.Recovered();
                await PauseAsync(pause, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
            }

            return true;
        }
        finally
        {
            await Leases.ReleaseAsync(lease, CancellationToken.None);
        }
    }

    private async Task PauseAsync(TurnPause pause, CancellationToken cancellationToken)
    {
        if (pause.EndsWhenWoken)
        {
            await _loop.WaitAsync(pause.Time, cancellationToken);
        }
        else if (pause.Time > TimeSpan.Zero)
        {
            await Task.Delay(pause.Time, Clock, cancellationToken);
        }
    }
}
