using System.Runtime.CompilerServices;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Exposures.Projecting;

namespace AudienceSync.Host.Exposures;

/// <summary>
/// Writes the exposure log of a workspace, on one Host at a time. It is driven by levels: whatever was missed, the cursors show what was
/// not read yet.
/// <para>
/// <b>States.</b> Waiting for the lease; catching up with the log; following. In each round it first looks where the deliveries end, then
/// reads the log to its end, then the deliveries up to there: so whatever caused a delivery was read before it.
/// </para>
/// <para>
/// <b>Failures.</b> A kill between any two steps leaves rows, spells and cursor as they were, all or nothing, because they are one
/// transaction. A lost lease ends the round, and the fence refuses what it would have written.
/// </para>
/// </summary>
internal sealed class ExposureProjector(
    ExposurePlan plan,
    ExposurePages pages,
    ExposureLinks links,
    LeaseStore leases,
    TimeProvider clock,
    ILogger<ExposureProjector> logger
) : LeasedLoop(LeaseName, "Exposures", leases, wake: null, clock, logger)
{
    public const string LeaseName = "exposures";

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>How often it looks, by the clock of the machine.</summary>
    internal TimeSpan PollEvery { get; init; } = Poll;

    protected override TimeSpan Idle => PollEvery;

    protected override TimeSpan Retry => PollEvery;

    protected override async IAsyncEnumerable<TurnPause> WorkAsync(
        Lease lease,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await pages.OpenAsync(cancellationToken);
        while (true)
        {
            await RoundAsync(lease, cancellationToken);
            yield return TurnPause.For(PollEvery);
        }
    }

    /// <summary>Reads everything that is there.</summary>
    internal async Task RoundAsync(Lease lease, CancellationToken cancellationToken)
    {
        await Leases.KeepAsync(lease, cancellationToken);
        var ends = new List<(string Destination, long UpTo)>();
        foreach (var destination in plan.Destinations)
        {
            ends.Add((destination, await pages.EndOfAsync(destination, cancellationToken)));
        }

        while (await pages.LogAsync(lease, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        while (await pages.AssignAsync(lease, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        while (await pages.ExpireAsync(lease, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        foreach (var (destination, upTo) in ends)
        {
            while (await pages.DeliveriesAsync(lease, destination, upTo, cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        await pages.PassDayAsync(lease, cancellationToken);
        await links.FillAsync(lease, cancellationToken);
    }
}
