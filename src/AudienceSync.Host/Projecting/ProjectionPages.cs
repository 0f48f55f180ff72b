using AudienceSync.Domain.Events;
using AudienceSync.Host.Storage.Audiences;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Membership;

namespace AudienceSync.Host.Projecting;

/// <summary>
/// Folds the log page by page into the tables it is given, rows and cursor in one transaction that holds a lease. The live projector works with
/// it, and so does a new generation that catches up: what both make of an event is the same code.
/// </summary>
public sealed class ProjectionPages(MembershipTable table, PermissionTable permissions, AudienceKeys keys, int pageEvents, TimeProvider clock, int? onlyKeyId = null)
{
    private readonly MembershipFold _fold = new(keys, onlyKeyId);
    private readonly List<LogEvent> _page = new(pageEvents);
    private bool _anyLinks;
    private bool _anyPermissions;

    // Heirs of whom it is known that they have all.
    private readonly HashSet<int> _inherited = [];

    /// <summary>
    /// Where versions that inherit stand. A generation that is being built has none: it is told all from the log, and the hours were counted when
    /// the events came.
    /// </summary>
    public InheritTable? Inheritances { get; init; }

    /// <summary>Whether the last page was a whole one, so that more waits.</summary>
    public bool WasFull => _page.Count == pageEvents;

    /// <summary>Reads where the tables stand.</summary>
    public async Task<ProjectionProgress> OpenAsync(CancellationToken cancellationToken)
    {
        _anyLinks = await table.HasLinksAsync(cancellationToken);
        _anyPermissions = await permissions.AnyAsync(cancellationToken);
        return await table.ReadProgressAsync(cancellationToken);
    }

    /// <summary>Folds the next page, if there is one, up to an event if it is named. Returns how far it is now.</summary>
    public async Task<ProjectionProgress> FoldAsync(
        Lease lease, ProjectionProgress progress, CancellationToken cancellationToken, Position? last = null)
    {
        await table.ReadEventsAsync(progress.Position, pageEvents, _page, cancellationToken);
        if (last is { } end)
        {
            _page.RemoveAll(logged => logged.Position.Value > end.Value);
        }

        if (_page.Count == 0)
        {
            return progress;
        }

        await BeginAsync(cancellationToken);
        await LoadAsync(_page[^1].Position, cancellationToken);
        var now = clock.GetUtcNow();
        var changedPos = _fold.Finish(progress.ChangedPos, now);
        var next = new ProjectionProgress(
            _page[^1].Position, changedPos, progress.Applied + _fold.Applied, progress.Superseded + _fold.Superseded);
        var page = new ProjectedPage(_fold.Changed, _fold.Links, _fold.Permissions) { Hours = Inheritances is null ? [] : [.. _fold.Hours] };
        await table.WriteAsync(lease, page, next, cancellationToken);
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

    private async Task LoadAsync(Position last, CancellationToken cancellationToken)
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

        await LoadPermissionsAsync(last, cancellationToken);
    }

    private async Task LoadPermissionsAsync(Position last, CancellationToken cancellationToken)
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
            foreach (var (person, facts) in await permissions.ReadHistoryAsync(inexact, last, cancellationToken))
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

    /// <summary>A page of a predecessor's rows for its heir, while one is open. Why it may come at any time: see <see cref="InheritTable"/>.</summary>
    public async Task<ProjectionProgress> InheritAsync(Lease lease, ProjectionProgress progress, CancellationToken cancellationToken)
    {
        if (Inheritances is null || !keys.AnyHeirs || keys.All.All(key => key.InheritsFrom is null || _inherited.Contains(key.KeyId)))
        {
            return progress;
        }

        if (await Inheritances.FindAsync(cancellationToken) is not { } open)
        {
            _inherited.UnionWith(keys.All.Select(key => key.KeyId));
            return progress;
        }

        if (keys.All.FirstOrDefault(key => key.KeyId == open.KeyId) is not { } heir)
        {
            await keys.ReloadAsync(cancellationToken);
            return progress;
        }

        var rows = await table.ReadKeyAsync(open.From, open.Place, pageEvents, cancellationToken);
        _fold.BeginInheritance(heir, rows);
        await LoadAsync(progress.Position, cancellationToken);
        var next = progress with { ChangedPos = _fold.Finish(progress.ChangedPos, clock.GetUtcNow()) };
        var place = rows.Count > 0 ? rows[^1].Person.Value : open.Place;
        var page = new ProjectedPage(_fold.Changed, _fold.Links, _fold.Permissions)
        {
            Inherited = new InheritedPage(open.KeyId, place, Done: rows.Count < pageEvents),
        };
        await table.WriteAsync(lease, page, next, cancellationToken);
        return next;
    }

    /// <summary>Rows whose window has passed become expired, a page of them at most.</summary>
    public async Task<ProjectionProgress> ExpireAsync(Lease lease, ProjectionProgress progress, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = await table.ReadExpiredAsync(now, pageEvents, cancellationToken);
        if (due.Count == 0)
        {
            return progress;
        }

        var next = progress with { ChangedPos = _fold.Expire(due, progress.ChangedPos) };
        await table.WriteAsync(lease, new ProjectedPage(_fold.Changed, _fold.Links, _fold.Permissions), next, cancellationToken);
        return next;
    }
}
