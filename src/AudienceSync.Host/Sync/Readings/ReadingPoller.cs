using System.Text.Json;
using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Accounts;

namespace AudienceSync.Host.Sync.Readings;

/// <summary>
/// Asks the platform once an hour about each remote audience of an account: its size, its state, its match rate.
/// <para>
/// <b>Never ahead of members.</b> A round of the account reads one remote audience at most, after its removals and adds, and only when none
/// of them is left: a removal that arrives meanwhile waits for one request. It needs room in the account's budget as an add does, which
/// leaves a fifth of it to removals, and is counted in it. What is paused or stopped is not read.
/// </para>
/// <para>
/// A failed reading is recorded with its code and repeated an hour later; whether the account or the audience is to be stopped is decided
/// by calls with members. The first reading comes an hour after the first call.
/// </para>
/// </summary>
public sealed class ReadingPoller(
    string destinationName,
    IDestination destination,
    CallBudget budget,
    ReadingStore table,
    TimeProvider clock,
    ILogger logger
)
{
    public static readonly TimeSpan DefaultEvery = TimeSpan.FromHours(1);

    // So that the table is not asked in each round.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private DateTimeOffset _lookAt = DateTimeOffset.MinValue;

    /// <summary>How often a remote audience is read.</summary>
    public TimeSpan Every { get; init; } = DefaultEvery;

    /// <summary>Whether it is time to look for one that is due. Asks nobody.</summary>
    public bool MayBeDue
    {
        get
        {
            var wait = _lookAt - clock.GetUtcNow();
            return destination is IAudienceFactory && (wait <= TimeSpan.Zero || wait > LookEvery);
        }
    }

    /// <summary>Reads the remote audience that is due for longest, if one is.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public async Task RunAsync(Lease lease, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (destination is not IAudienceFactory platform)
        {
            return;
        }

        _lookAt = now + LookEvery;
        if (await table.FindDueAsync(destinationName, now - Every, cancellationToken) is not { } due)
        {
            return;
        }

        _lookAt = now; // There may be another one.
        if (await budget.TakeAsync(lease, MemberOperation.Add, cancellationToken) is { } wait)
        {
            _lookAt = now + (wait < LookEvery ? wait : LookEvery);
            return;
        }

        var report = await platform.ReadAsync(new RemoteAudienceId(due.Remote), cancellationToken);
        var reading = Reading(report, now);
        await table.WriteAsync(lease, destinationName, due.BindingId, reading, budget.Unwritten(), cancellationToken);
        if (reading.State == ReadingStore.Failed)
        {
            logger.LogWarning(
                "{Destination} did not report on the remote audience {Remote}: {Code}",
                destinationName,
                due.Remote,
                reading.Code
            );
        }
    }

    private static PlatformReading Reading(AudienceReport report, DateTimeOffset now) =>
        report.Outcome.Kind == OutcomeKind.Done
            ? new PlatformReading(
                now,
                JsonNamingPolicy.SnakeCaseLower.ConvertName(report.State.ToString()),
                report.Code,
                report.AtLeast,
                report.AtMost,
                report.State switch
                {
                    AudienceState.Ready or AudienceState.Warning => true,
                    AudienceState.TooSmall or AudienceState.NeedsHuman => false,
                    _ => null,
                },
                report.MatchRate,
                report.UpdatedAt,
                Delivered: 0
            )
            : new PlatformReading(now, ReadingStore.Failed, report.Outcome.Code, null, null, null, null, null, Delivered: 0);
}
