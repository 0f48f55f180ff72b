using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Audiences;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Membership;

namespace AudienceSync.Host.Projecting;

/// <summary>
/// Keeps membership equal to the log: claims the projector's lease, then page after page reads events behind the cursor, folds them, and
/// writes rows and cursor in one transaction. Between pages it expires what has run out.
/// <para>
/// <b>States.</b> Waiting for the lease; following. <b>Failures.</b> A lost lease or a broken connection ends the round: nothing of the page was
/// written, because rows and cursor are one transaction, so the next owner reads the same page again. A page whose fold throws is a bug and
/// would throw again: the loop says so in the log each time and tries again, and the cursor stands still, which the status shows as lag. It
/// never skips.
/// </para>
/// </summary>
public sealed class ProjectionLoop(
    MembershipTable table,
    PermissionTable permissions,
    LeaseTable leases,
    AudienceKeys keys,
    Wake wake,
    IReadOnlyList<Wake> followers,
    TimeProvider clock,
    ILogger<ProjectionLoop> logger)
{
    public const string LeaseName = "projector";

    /// <summary>Events of one page at most. The memory of a fold is bounded by it.</summary>
    private const int EventsPerPage = 5_000;

    /// <summary>Under load, pages are gathered for this long: a page has a fixed cost, and a removal may take seconds, not milliseconds.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    /// <summary>Events of one page; a test makes it small to cross many page boundaries.</summary>
    internal int PageEvents { get; init; } = EventsPerPage;

    private readonly MembershipFold _fold = new(keys);
    private readonly List<LogEvent> _page = new(EventsPerPage);
    private bool _anyLinks;
    private bool _anyPermissions;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (await leases.TryClaimAsync(LeaseName, cancellationToken) is { } lease)
                {
                    await FollowAsync(lease, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (LeaseLostException lost)
            {
                logger.LogWarning("Projector lets go: {Reason}", lost.Message);
            }
            catch (Exception failure)
            {
                logger.LogError(failure, "Projector stumbled and will try again");
            }

            await wake.WaitAsync(Retry, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(Lease lease, CancellationToken cancellationToken)
    {
        var progress = await table.ReadProgressAsync(cancellationToken);
        _anyLinks = await table.HasLinksAsync(cancellationToken);
        _anyPermissions = await permissions.AnyAsync(cancellationToken);
        logger.LogInformation("Projector follows the log from position {Position} with fence {Fence}", progress.Position, lease.Fence);
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var before = progress;
                progress = await FoldPageAsync(lease, progress, cancellationToken);
                progress = await ExpireAsync(lease, progress, cancellationToken);
                if (progress.ChangedPos != before.ChangedPos)
                {
                    WakeFollowers();
                }

                await PauseAsync(lease, idle: progress == before, cancellationToken);
            }
        }
        finally
        {
            await leases.ReleaseAsync(lease, CancellationToken.None);
        }
    }

    private async Task<ProjectionProgress> FoldPageAsync(Lease lease, ProjectionProgress progress, CancellationToken cancellationToken)
    {
        await table.ReadEventsAsync(progress.Position, PageEvents, _page, cancellationToken);
        if (_page.Count == 0)
        {
            return progress;
        }

        await BeginAsync(cancellationToken);
        await LoadAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var changedPos = _fold.Finish(progress.ChangedPos, now);
        var next = new ProjectionProgress(
            _page[^1].Position, changedPos, progress.Applied + _fold.Applied, progress.Superseded + _fold.Superseded);
        await table.WriteAsync(lease, new ProjectedPage(_fold.Changed, _fold.Links, _fold.Permissions) { Hours = [.. _fold.Hours] }, next, cancellationToken);
        return next;
    }

    // Another host may have published a key a moment ago: whoever appended for it had read it, so it can be read.
    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        try
        {
            _fold.Begin(_page);
        }
        catch (UnknownKeyException)
        {
            await keys.ReloadAsync(cancellationToken);
            _fold.Begin(_page);
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        // Where nobody was ever linked, nobody is looked for.
        _anyLinks |= _fold.Links.Count > 0;
        var groups = _anyLinks ? await table.ReadGroupsAsync(_fold.Everybody(), cancellationToken) : [];
        var whole = _fold.LoadGroups(groups);
        if (_fold.KeyIds.Count > 0)
        {
            _fold.Load(await table.ReadRowsAsync(_fold.KeyIds, _fold.People, cancellationToken));
        }

        if (whole.Count > 0)
        {
            _fold.Load(await table.ReadRowsOfAsync(whole, cancellationToken));
        }

        await LoadPermissionsAsync(cancellationToken);
    }

    private async Task LoadPermissionsAsync(CancellationToken cancellationToken)
    {
        var wanted = _fold.PermissionsWanted();
        if (wanted.Count == 0)
        {
            return;
        }

        // Where nobody ever said anything of it, nothing is looked for.
        var known = _anyPermissions ? await permissions.ReadAsync(wanted, cancellationToken) : [];
        var inexact = _fold.LoadPermissions(known);
        if (inexact.Count > 0)
        {
            foreach (var (person, facts) in await permissions.ReadHistoryAsync(inexact, _page[^1].Position, cancellationToken))
            {
                _fold.LoadHistory(person, facts);
            }
        }

        var barred = _fold.FinishPermissions();
        _anyPermissions |= _fold.Permissions.Count > 0;
        if (barred.Count > 0)
        {
            _fold.Load(await table.ReadRowsOfAsync(barred, cancellationToken));
        }
    }

    private async Task<ProjectionProgress> ExpireAsync(Lease lease, ProjectionProgress progress, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = await table.ReadExpiredAsync(now, PageEvents, cancellationToken);
        if (due.Count == 0)
        {
            return progress;
        }

        var next = progress with { ChangedPos = _fold.Expire(due, progress.ChangedPos) };
        await table.WriteAsync(lease, new ProjectedPage(_fold.Changed, _fold.Links, _fold.Permissions), next, cancellationToken);
        return next;
    }

    private async Task PauseAsync(Lease lease, bool idle, CancellationToken cancellationToken)
    {
        if (_page.Count == PageEvents)
        {
            return;
        }

        if (idle)
        {
            await leases.KeepAsync(lease, cancellationToken);
            await wake.WaitAsync(Poll, cancellationToken);
        }

        await Task.Delay(Gather, clock, cancellationToken);
    }

    private void WakeFollowers()
    {
        foreach (var follower in followers)
        {
            follower.Signal();
        }
    }
}
