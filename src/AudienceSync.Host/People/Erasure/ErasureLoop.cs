using System.Runtime.CompilerServices;
using AudienceSync.Host.EventStore.Leases;

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
/// may be repeated, and the last is one transaction. One check of all of them is a turn of <see cref="LeasedLoop"/>.
/// </para>
/// </summary>
public sealed class ErasureLoop(ErasureStore table, ErasureRun run, LeaseStore leases, TimeProvider clock, ILogger<ErasureLoop> logger)
    : LeasedLoop(LeaseName, "Erasure", leases, wake: null, clock, logger)
{
    public const string LeaseName = "erasure";

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AlarmEvery = TimeSpan.FromHours(1);

    private readonly Dictionary<Guid, (ErasureAlarm Alarm, DateTimeOffset At)> _logged = [];

    protected override TimeSpan Idle => Poll;

    protected override TimeSpan Retry => Poll;

    protected override async Task<bool> HasWorkAsync(CancellationToken cancellationToken) =>
        (await table.WaitingAsync(cancellationToken)).Count > 0;

    protected override async IAsyncEnumerable<TurnPause> WorkAsync(
        Lease lease,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var erasure in await table.WaitingAsync(cancellationToken))
        {
            await Leases.KeepAsync(lease, cancellationToken);
            if (await run.TryAsync(erasure, () => Leases.KeepAsync(lease, cancellationToken), cancellationToken))
            {
                _logged.Remove(erasure.Erasure);
                Logger.LogInformation("Erasure {Erasure} is done", erasure.Erasure);
            }
            else
            {
                LogAlarm(erasure);
            }
        }

        yield return TurnPause.None;
    }

    private void LogAlarm(ErasureRow erasure)
    {
        var now = Clock.GetUtcNow();
        var alarm = ErasureAlarms.Of(erasure, now);
        if (
            alarm == ErasureAlarm.None
            || (_logged.TryGetValue(erasure.Erasure, out var logged) && logged.Alarm == alarm && now - logged.At < AlarmEvery)
        )
        {
            return;
        }

        _logged[erasure.Erasure] = (alarm, now);
        Logger.Log(
            alarm == ErasureAlarm.Due ? LogLevel.Warning : LogLevel.Error,
            "Erasure {Erasure} still waits for a platform, deadline {Deadline:u}: {Alarm}",
            erasure.Erasure,
            erasure.Deadline,
            alarm
        );
    }
}
