using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.People.Erasure;

/// <summary>
/// Completes erasures, on one Host at a time.
/// <para>
/// <b>States of an erasure.</b> Waiting: events restrict targeting of the person, tombstones refuse the person's identifiers, the account
/// loops remove the person everywhere, and this loop checks every second whether a platform may still have the person. Erased: the salts,
/// identifiers and aliases are deleted and the receipt is written. Unknown: no person was known, only tombstones were written.
/// </para>
/// <para>
/// <b>Failures.</b> A platform that is down, an account that is stopped, a binding that no Host serves: the erasure waits, and logs so once
/// an hour, as a warning from a week before its deadline and as an error after it. A kill anywhere costs the step in progress: every step
/// may be repeated, and the last is one transaction. A lost lease ends the iteration.
/// </para>
/// </summary>
public sealed class ErasureLoop(ErasureStore table, ErasureRun run, LeaseStore leases, TimeProvider clock, ILogger<ErasureLoop> logger)
{
    public const string LeaseName = "erasure";

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AlarmEvery = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _round = new(1);

    private readonly Dictionary<Guid, (ErasureAlarm Alarm, DateTimeOffset At)> _logged = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var outage = new OutageLog("Erasure", clock, logger);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(cancellationToken);
                outage.Recovered();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (LeaseLostException lost)
            {
                logger.LogWarning("Erasure: lease lost; retrying: {Reason}", lost.Message);
            }
            catch (Exception failure)
            {
                await Task.Delay(outage.Failed(failure), clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            await Task.Delay(Poll, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Checks every waiting erasure once: each second, and when one was requested.</summary>
    internal async Task RoundAsync(CancellationToken cancellationToken)
    {
        // The lease keeps other Hosts out, and its owner could claim it twice.
        await _round.WaitAsync(cancellationToken);
        try
        {
            await CheckAllAsync(cancellationToken);
        }
        finally
        {
            _round.Release();
        }
    }

    private async Task CheckAllAsync(CancellationToken cancellationToken)
    {
        var waiting = await table.WaitingAsync(cancellationToken);
        if (waiting.Count == 0 || await leases.TryClaimAsync(LeaseName, cancellationToken) is not { } lease)
        {
            return;
        }

        try
        {
            foreach (var erasure in waiting)
            {
                await leases.KeepAsync(lease, cancellationToken);
                if (await run.TryAsync(erasure, () => leases.KeepAsync(lease, cancellationToken), cancellationToken))
                {
                    _logged.Remove(erasure.Erasure);
                    logger.LogInformation("Erasure {Erasure} is done", erasure.Erasure);
                }
                else
                {
                    LogAlarm(erasure);
                }
            }
        }
        finally
        {
            await leases.ReleaseAsync(lease, CancellationToken.None);
        }
    }

    private void LogAlarm(ErasureRow erasure)
    {
        var now = clock.GetUtcNow();
        var alarm = ErasureAlarms.Of(erasure, now);
        if (
            alarm == ErasureAlarm.None
            || (_logged.TryGetValue(erasure.Erasure, out var logged) && logged.Alarm == alarm && now - logged.At < AlarmEvery)
        )
        {
            return;
        }

        _logged[erasure.Erasure] = (alarm, now);
        logger.Log(
            alarm == ErasureAlarm.Due ? LogLevel.Warning : LogLevel.Error,
            "Erasure {Erasure} still waits for a platform, deadline {Deadline:u}: {Alarm}",
            erasure.Erasure,
            erasure.Deadline,
            alarm
        );
    }
}
