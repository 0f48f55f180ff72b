using System.Runtime.CompilerServices;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;

namespace AudienceSync.Host.Privacy.Keys;

/// <summary>
/// Rotates in the background of a serving Host: at its start when it holds an older master key and the rotation to its newest one has not
/// ended, and afterwards on request. Slowly, because webhooks go first: one batch, then a pause.
/// <para>
/// <b>States.</b> Those of <see cref="LeasedLoop"/>: idle until a request, waiting for another Host that rotates, rotating.
/// <b>Failures.</b> After a lost lease or a broken connection the next attempt continues after the last batch that was written.
/// </para>
/// </summary>
public sealed class KeyRotationLoop(
    KeyRotation rotation,
    MasterKeys keys,
    LeaseStore leases,
    Wake wake,
    TimeProvider clock,
    ILogger<KeyRotationLoop> logger
) : LeasedLoop(KeyRotation.LeaseName, "Key rotation", leases, wake, clock, logger)
{
    /// <summary>With batches of 1,000 rows: at most some 8,000 rows a second, at a tenth of one core.</summary>
    private static readonly TimeSpan BetweenBatches = TimeSpan.FromMilliseconds(100);

    private readonly Wake _wake = wake;

    private volatile bool _requested;

    protected override TimeSpan Idle => Timeout.InfiniteTimeSpan;

    protected override TimeSpan Retry => TimeSpan.FromSeconds(5);

    /// <summary>Requests one more sweep of the vault, whatever was found before.</summary>
    public void Ask()
    {
        _requested = true;
        _wake.Signal();
    }

    protected override async Task<bool> HasWorkAsync(CancellationToken cancellationToken) =>
        _requested || (keys.All.Count > 1 && await rotation.ReadAsync(cancellationToken) is not { Finished: true });

    protected override async IAsyncEnumerable<TurnPause> WorkAsync(
        Lease lease,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await RotateAsync(lease, cancellationToken);
        yield return TurnPause.None;
    }

    private async Task RotateAsync(Lease lease, CancellationToken cancellationToken)
    {
        try
        {
            _requested = false;
            if (!IsOut)
            {
                Logger.LogInformation("Key rotation seals the vault under master key version {Version}", keys.Current.Version);
            }

            var end = await rotation.RunAsync(lease, _ => Task.Delay(BetweenBatches, Clock, cancellationToken), cancellationToken);
            Logger.LogInformation(
                "Key rotation is done after {Passes} passes: {Resealed} rows resealed, {Unreadable} do not open",
                end.Passes,
                end.Resealed,
                end.Unreadable
            );
        }
        catch
        {
            _requested = true;
            throw;
        }
    }
}
