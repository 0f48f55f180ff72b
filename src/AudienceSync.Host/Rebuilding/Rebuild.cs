using System.Text.Json;
using AudienceSync.Domain.Events;
using AudienceSync.Host.Projecting;
using AudienceSync.Host.Storage.Audiences;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Membership;
using AudienceSync.Host.Storage.Rebuilding;

namespace AudienceSync.Host.Rebuilding;

/// <summary>
/// Makes membership anew from the log, beside the live generation, and puts it in its place.
/// <para>
/// <b>States</b> (<c>generations.phase</c>). <i>Filling</i>: the log and the live rows are read at one snapshot, folded in memory, and the new
/// tables are made and loaded in one transaction, then indexed and, beside that, read back and checked in a second. <i>Following</i>: the new tables are whole and have a cursor of
/// their own; the live projector's code brings them to the end of the log. <i>Live</i>: swapped. <i>Dropped</i>: given up.
/// </para>
/// <para>
/// <b>Failures.</b> Killed while filling: a row says so, whatever was loaded is dropped by the next start, and it begins anew. Killed
/// while following: rows and cursor are one transaction, so the next start goes on. Killed in the swap: it is one transaction, before whose
/// commit nothing has happened and after which all of it has. Locks that cannot be had: the swap is undone and tried again. Two rebuilds: an
/// advisory lock, which dies with its connection, and the lease's fence in every later write.
/// </para>
/// <para>
/// <b>Numbers.</b> A binding's place is a changed_pos, and only what lies behind it is looked at. So a row that says the same to every platform as
/// the live one (status and bars) keeps the live row's number, and a row that does not gets a new one. New numbers begin far above the live
/// counter (<see cref="NumbersApart"/>), so that the live projector can go on giving numbers meanwhile and none comes twice. In the swap's
/// transaction, under the projector's lease, whoever changed in either generation since they were compared is compared once more: the same,
/// and the live number counts, for if a lane must still look, that number lies behind its place as well; not the same, and a new number counts.
/// New identifiers that only the new generation has read count as not the same. The counter goes on above, so changed_pos order stays commit order.
/// </para>
/// <para>
/// <b>What is never lost.</b> A live row of which no event speaks is not taken away but says nothing from then on: a lane may be delivering it at
/// this moment, and must find that it is to be taken out. A rebuild has no platform and no call: it cannot send.
/// </para>
/// </summary>
public sealed class Rebuild(GenerationDatabase database, AudienceKeys keys, TimeProvider clock, string owner)
{
    private const string LeaseName = "rebuild";

    /// <summary>No live generation changes this many rows while another is built; of numbers there are 9 * 10^18.</summary>
    private const long NumbersApart = 1_000_000_000;

    private const int PageEvents = 5_000;

    private const string Outdated = "rebuild_outdated";

    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);

    private readonly GenerationTable _generations = new(database);
    private readonly LeaseTable _leases = new(database.Live, owner);

    /// <summary>What may be held in memory at once; people beyond it are folded in further passes.</summary>
    internal long MemoryBytes { get; init; } = 400_000_000;

    /// <summary>Called between steps; a test fails here.</summary>
    internal Action<string> Step { get; init; } = _ => { };

    public Action<RebuildProgress> Progress { get; init; } = _ => { };

    /// <summary>Rebuilds all rows, or those of one key.</summary>
    /// <exception cref="RebuildException">rebuild_running, rebuild_check_failed, rebuild_busy, rebuild_outdated</exception>
    public Task<RebuildResult> RunAsync(int? keyId, CancellationToken cancellationToken) => LockedAsync(async last =>
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
            MemoryBytes = MemoryBytes, NumbersApart = NumbersApart, Step = Step, Progress = Progress,
        }.RunAsync(layout, cancellationToken);
        Step("filled");
        return await GoLiveOrDropAsync((await _generations.LastAsync(cancellationToken))!, filled, cancellationToken);
    }, cancellationToken);

    /// <summary>Brings back the generation that was live before the last rebuild, with all that has happened since.</summary>
    /// <exception cref="RebuildException">rebuild_running, nothing_to_undo, rebuild_busy</exception>
    public Task<RebuildResult> UndoAsync(CancellationToken cancellationToken) => LockedAsync(async last =>
    {
        if (last is not { Phase: "following", Kind: "undo" })
        {
            last = await BringFormerAsync(last, cancellationToken);
        }

        return await GoLiveAsync(last, Empty(last), cancellationToken);
    }, cancellationToken);

    private async Task<Generation> BringFormerAsync(Generation? last, CancellationToken cancellationToken)
    {
        if (last is not { Phase: "live" } || !await _generations.HasFormerAsync(cancellationToken)
            || last.Layout != await _generations.LayoutAsync(cancellationToken))
        {
            throw new RebuildException("nothing_to_undo", "no former generation is kept that the present schema could bring back.");
        }

        await keys.ReloadAsync(cancellationToken);
        if (keys.All.Any(key => key.PublishedPos?.Value > last.Position))
        {
            throw new RebuildException("nothing_to_undo", "a version that inherits was published since, of which the former generation knows nothing. Rebuild instead.");
        }

        var live = await new MembershipTable(database.Live).ReadProgressAsync(cancellationToken);
        var number = await _generations.BeginAsync("undo", last.KeyId, last.Layout, cancellationToken);
        await new FormerTables(database).BringAsync(number, live.ChangedPos + NumbersApart, cancellationToken);
        return (await _generations.LastAsync(cancellationToken))!;
    }

    private async Task<RebuildResult> LockedAsync(Func<Generation?, Task<RebuildResult>> work, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        await using var alone = await database.TryLockAsync(cancellationToken)
            ?? throw new RebuildException("rebuild_running", "another rebuild of this workspace is running; projections status shows it.");
        var result = await work(await _generations.LastAsync(cancellationToken));
        return result with { Seconds = clock.GetElapsedTime(began).TotalSeconds };
    }

    // One that is outdated is not gone on with.
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
        var pages = new ProjectionPages(
            new MembershipTable(database.Next), new PermissionTable(database.Next), keys, PageEvents, clock, generation.KeyId);
        for (var tries = 0; tries < 100; tries++)
        {
            var live = await new MembershipTable(database.Live).ReadProgressAsync(cancellationToken);
            await FollowAsync(pages, lease, EndOf(generation, live), cancellationToken);
            Step("followed");
            Progress(new RebuildProgress("swapping", generation.Head, generation.Head));
            if (await SwapAsync(pages, lease, generation, result.Drift, cancellationToken) is { } looked)
            {
                Step("swapped");
                await _leases.ReleaseAsync(lease, CancellationToken.None);
                return result with { Rechecked = looked };
            }

            await Task.Delay(Again, clock, cancellationToken);
        }

        throw new RebuildException("rebuild_busy", "the swap did not get its locks, or the projector does not reach the end of the log; start it again to go on.");
    }

    private async Task<long?> SwapAsync(ProjectionPages pages, Lease lease, Generation generation, Drift drift, CancellationToken cancellationToken)
    {
        await using var swap = await GenerationSwap.TryBeginAsync(database, generation.KeyId, cancellationToken);
        if (swap is null)
        {
            return null;
        }

        Step("seized");
        var next = await FollowAsync(pages, lease, EndOf(generation, swap.Live), cancellationToken);
        // One key's rows share the live cursor, so they must stand exactly there.
        if (generation.KeyId is not null && next.Position != swap.Live.Position)
        {
            return null;
        }

        Step("caught up");
        await EnsureNoNewSuccessorAsync(generation, next.Position, cancellationToken);
        var missed = generation.KeyId is null ? await new MissedCounts(database, keys, clock).ReadAsync(swap.Live, next, drift, cancellationToken) : ProjectedPage.Of([]);
        return await swap.TryCommitAsync(lease, generation.Number, next, generation.Numbers, missed, clock.GetUtcNow(), cancellationToken);
    }

    // What an heir takes over stands in the rows as they were when it was published, and those of this generation were folded before.
    private async Task EnsureNoNewSuccessorAsync(Generation generation, Position last, CancellationToken cancellationToken)
    {
        await keys.ReloadAsync(cancellationToken);
        if (generation.Kind == "rebuild" && keys.All.Any(key =>
            (generation.KeyId is null || generation.KeyId == key.KeyId) && key.PublishedPos is { } published && published.Value > generation.Head && published <= last))
        {
            throw new RebuildException(Outdated, "a version that inherits was published meanwhile, and nothing was swapped. Start it again.");
        }
    }

    private static Position? EndOf(Generation generation, ProjectionProgress live) => generation.KeyId is null ? null : live.Position;

    private async Task<ProjectionProgress> FollowAsync(ProjectionPages pages, Lease lease, Position? end, CancellationToken cancellationToken)
    {
        var progress = await pages.OpenAsync(cancellationToken);
        while (true)
        {
            var before = progress;
            progress = await pages.FoldAsync(lease, progress, cancellationToken, end);
            progress = await pages.ExpireAsync(lease, progress, cancellationToken);
            Progress(new RebuildProgress("following", progress.Position.Value, progress.Position.Value));
            if (!pages.WasFull && progress.ChangedPos == before.ChangedPos)
            {
                return progress;
            }
        }
    }

    // A killed predecessor's lease runs out by itself.
    private async Task<Lease> ClaimAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await _leases.TryClaimAsync(LeaseName, cancellationToken) is { } lease)
            {
                return lease;
            }

            await Task.Delay(Again, clock, cancellationToken);
        }
    }

    private static RebuildResult Empty(Generation generation) => new(
        generation.Number, generation.Kind, generation.Head, generation.Rows, generation.Checksum, 0, Continued: false,
        JsonSerializer.Deserialize<Drift>(generation.Drift, Drift.Form)!, 0, 0);
}
