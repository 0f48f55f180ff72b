using System.Text.Json;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore.Leases;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>
/// Rebuilds membership from the log, alongside the live generation, and swaps it in.
/// <para>
/// <b>States</b> (<c>generations.phase</c>). <i>Filling</i>: the log and the live rows are read at one snapshot and folded in memory. The
/// new tables are created and loaded in one transaction, then indexed in a second one while they are read back and verified.
/// <i>Following</i>: the new tables are complete and have their own cursor; the live projector's code brings them to the end of the log.
/// <i>Live</i>: swapped. <i>Dropped</i>: abandoned.
/// </para>
/// <para>
/// <b>Failures.</b> Killed while filling: a row records the phase, the next start drops whatever was loaded and begins again. Killed while
/// following: rows and cursor are one transaction, so the next start continues. Killed in the swap: it is one transaction, so before its
/// commit nothing has happened and after it everything has. Locks that are not available: the swap is rolled back and retried. Two
/// rebuilds: prevented by an advisory lock, which is released with its connection, and by the lease's fence in every later write.
/// </para>
/// <para>
/// <b>Numbers.</b> The position of a binding is a changed_pos, and the lanes only process rows after it. So a row that is the same for
/// every platform as the live one (status and targeting restrictions) keeps the live row's number, and a row that is not gets a new one.
/// New numbers begin far above the live counter (<see cref="NumbersApart"/>), so that the live projector can keep assigning numbers
/// meanwhile and none is assigned twice. In the swap's transaction, under the projector's lease, every row that changed in either
/// generation since the comparison is compared once more. If both are the same, the live number is used: if a lane must still process the
/// row, that number lies after the lane's position as well. If they differ, a new number is used. New identifiers that only the new
/// generation has read count as a difference. The counter continues above, so changed_pos order stays commit order.
/// </para>
/// <para>
/// <b>What is never lost.</b> A live row without any event is not deleted but becomes a row without facts: a lane may be delivering it at
/// this moment, and must find that the member is to be removed. A rebuild has no connector and makes no call: it cannot send.
/// </para>
/// </summary>
public sealed class Rebuild(GenerationSchemaStore database, AudienceKeys keys, TimeProvider clock, string owner)
{
    private const string LeaseName = "rebuild";

    /// <summary>No live generation changes this many rows while another is built; 9 * 10^18 numbers are available.</summary>
    private const long NumbersApart = 1_000_000_000;

    private const int PageEvents = 5_000;

    private const string Outdated = "rebuild_outdated";

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly GenerationStore _generations = new(database);
    private readonly LeaseStore _leases = new(database.Live, owner, LeaseStore.CommandTime);

    /// <summary>Memory limit of the fold; people beyond it are folded in further passes.</summary>
    internal long MemoryBytes { get; init; } = 400_000_000;

    /// <summary>Called between steps; a test injects failures here.</summary>
    internal Action<string> Step { get; init; } = _ => { };

    public Action<RebuildProgress> Progress { get; init; } = _ => { };

    /// <summary>Rebuilds all rows, or those of one key.</summary>
    /// <exception cref="RebuildException">rebuild_running, rebuild_check_failed, rebuild_busy, rebuild_outdated</exception>
    public Task<RebuildResult> RunAsync(int? keyId, CancellationToken cancellationToken) =>
        LockedAsync(
            async last =>
            {
                var layout = await _generations.LayoutAsync(cancellationToken);
                if (last is { Phase: "following", Kind: "rebuild" } && last.KeyId == keyId && last.Layout == layout)
                {
                    return await GoLiveOrDropAsync(last, Empty(last) with { Continued = true }, cancellationToken);
                }

                if (last is { Phase: "filling" or "following" })
                {
                    await _generations.DropAsync(last.Number, cancellationToken);
                }

                var filled = await new GenerationBuilder(database, _generations, keys, clock, keyId)
                {
                    MemoryBytes = MemoryBytes,
                    NumbersApart = NumbersApart,
                    Step = Step,
                    Progress = Progress,
                }.RunAsync(layout, cancellationToken);
                Step("filled");
                return await GoLiveOrDropAsync((await _generations.LastAsync(cancellationToken))!, filled, cancellationToken);
            },
            cancellationToken
        );

    /// <summary>Restores the generation that was live before the last rebuild, with all events since.</summary>
    /// <exception cref="RebuildException">rebuild_running, nothing_to_undo, rebuild_busy</exception>
    public Task<RebuildResult> UndoAsync(CancellationToken cancellationToken) =>
        LockedAsync(
            async last =>
            {
                if (last is not { Phase: "following", Kind: "undo" })
                {
                    last = await RestoreFormerAsync(last, cancellationToken);
                }

                return await GoLiveAsync(last, Empty(last), cancellationToken);
            },
            cancellationToken
        );

    private async Task<Generation> RestoreFormerAsync(Generation? last, CancellationToken cancellationToken)
    {
        if (
            last is not { Phase: "live" }
            || !await _generations.HasFormerAsync(cancellationToken)
            || last.Layout != await _generations.LayoutAsync(cancellationToken)
        )
        {
            throw new RebuildException("nothing_to_undo", "no former generation is kept that fits the current schema.");
        }

        await keys.ReloadAsync(cancellationToken);
        if (keys.All.Any(key => key.PublishedPos?.Value > last.Position))
        {
            throw new RebuildException(
                "nothing_to_undo",
                "a version that inherits was published since; the former generation does not have it. Rebuild instead."
            );
        }

        var live = await new MembershipStore(database.Live).ReadProgressAsync(cancellationToken);
        var number = await _generations.BeginAsync("undo", last.KeyId, last.Layout, cancellationToken);
        await new FormerTableStore(database).BringAsync(number, live.ChangedPos + NumbersApart, cancellationToken);
        return (await _generations.LastAsync(cancellationToken))!;
    }

    private async Task<RebuildResult> LockedAsync(Func<Generation?, Task<RebuildResult>> work, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        await using var held =
            await database.TryLockAsync(cancellationToken)
            ?? throw new RebuildException("rebuild_running", "another rebuild of this workspace is running; projections status shows it.");
        var result = await work(await _generations.LastAsync(cancellationToken));
        return result with { Seconds = clock.GetElapsedTime(began).TotalSeconds };
    }

    // An outdated generation is not continued.
    private async Task<RebuildResult> GoLiveOrDropAsync(Generation generation, RebuildResult result, CancellationToken cancellationToken)
    {
        try
        {
            return await GoLiveAsync(generation, result, cancellationToken);
        }
        catch (RebuildException outdated) when (outdated.Code == Outdated)
        {
            await _generations.DropAsync(generation.Number, cancellationToken);
            throw;
        }
    }

    private async Task<RebuildResult> GoLiveAsync(Generation generation, RebuildResult result, CancellationToken cancellationToken)
    {
        var lease = await ClaimAsync(cancellationToken);
        var pages = new CatchUpPages(
            new MembershipStore(database.Next),
            new PermissionStore(database.Next),
            keys,
            KeyScope.Of(generation.KeyId),
            PageEvents,
            clock
        );
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var live = await new MembershipStore(database.Live).ReadProgressAsync(cancellationToken);
            await PollJobAsync(pages, lease, EndOf(generation, live), cancellationToken);
            Step("followed");
            Progress(new RebuildProgress("swapping", generation.Head, generation.Head));
            if (await SwapAsync(pages, lease, generation, result.Drift, cancellationToken) is { } rechecked)
            {
                Step("swapped");
                await _leases.ReleaseAsync(lease, CancellationToken.None);
                return result with { Rechecked = rechecked };
            }

            await Task.Delay(RetryDelay, clock, cancellationToken);
        }

        throw new RebuildException(
            "rebuild_busy",
            "the swap did not get its locks, or the projector does not reach the end of the log; run the rebuild again to continue."
        );
    }

    private async Task<long?> SwapAsync(
        CatchUpPages pages,
        Lease lease,
        Generation generation,
        Drift drift,
        CancellationToken cancellationToken
    )
    {
        await using var swap = await GenerationSwapStore.TryBeginAsync(database, generation.KeyId, cancellationToken);
        if (swap is null)
        {
            return null;
        }

        Step("seized");
        var next = await PollJobAsync(pages, lease, EndOf(generation, swap.Live), cancellationToken);
        // The rows of one key share the live cursor, so they must be exactly at its position.
        if (generation.KeyId is not null && next.Position != swap.Live.Position)
        {
            return null;
        }

        Step("caught up");
        await EnsureNoNewSuccessorAsync(generation, next.Position, cancellationToken);
        var missed = generation.KeyId is null
            ? await new MissedCounts(database, keys, clock).ReadAsync(swap.Live, next, drift, cancellationToken)
            : ProjectedPage.Of([]);
        return await swap.TryCommitAsync(lease, generation.Number, next, generation.Numbers, missed, clock.GetUtcNow(), cancellationToken);
    }

    // A successor takes over the rows as of its publication, and the rows of this generation were folded before that.
    private async Task EnsureNoNewSuccessorAsync(Generation generation, Position last, CancellationToken cancellationToken)
    {
        await keys.ReloadAsync(cancellationToken);
        if (
            generation.Kind == "rebuild"
            && keys.All.Any(key =>
                (generation.KeyId is null || generation.KeyId == key.KeyId)
                && key.PublishedPos is { } published
                && published.Value > generation.Head
                && published <= last
            )
        )
        {
            throw new RebuildException(
                Outdated,
                "a version that inherits was published meanwhile; nothing was swapped. Run the rebuild again."
            );
        }
    }

    private static Position EndOf(Generation generation, ProjectionProgress live) =>
        generation.KeyId is null ? new Position(long.MaxValue) : live.Position;

    private async Task<ProjectionProgress> PollJobAsync(CatchUpPages pages, Lease lease, Position end, CancellationToken cancellationToken)
    {
        var progress = await pages.OpenAsync(cancellationToken);
        while (true)
        {
            var before = progress;
            progress = await pages.FoldAsync(lease, progress, end, cancellationToken);
            progress = await pages.ExpireAsync(lease, progress, cancellationToken);
            Progress(new RebuildProgress("following", progress.Position.Value, progress.Position.Value));
            if (!pages.WasFull && progress.ChangedPos == before.ChangedPos)
            {
                return progress;
            }
        }
    }

    // The lease of a killed rebuild expires by itself.
    private async Task<Lease> ClaimAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await _leases.TryClaimAsync(LeaseName, cancellationToken) is { } lease)
            {
                return lease;
            }

            await Task.Delay(RetryDelay, clock, cancellationToken);
        }
    }

    private static RebuildResult Empty(Generation generation) =>
        new(
            generation.Number,
            generation.Kind,
            generation.Head,
            generation.Rows,
            generation.Checksum,
            0,
            Continued: false,
            JsonSerializer.Deserialize<Drift>(generation.Drift, Drift.Form)!,
            0,
            0
        );
}
