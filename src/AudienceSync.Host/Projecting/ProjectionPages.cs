using AudienceSync.Domain.Events;
using AudienceSync.Host.Storage.Audiences;
using AudienceSync.Host.Storage.Cutover;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Membership;

namespace AudienceSync.Host.Projecting;

/// <summary>
/// Folds the log page by page into the tables it is given, rows and cursor in one transaction that holds a lease. The live projector works with
/// it, and so does a new generation that catches up: what both make of an event is the same code.
/// </summary>
public sealed class ProjectionPages(MembershipTable table, PermissionTable permissions, AudienceKeys keys, int pageEvents, TimeProvider clock, int? onlyKeyId = null)
{
    private MembershipFold? _made;
    private readonly List<LogEvent> _page = new(pageEvents);
    private bool _knowsDrains;
    private bool _anyLinks;
    private bool _anyPermissions;

    // Heirs of whom it is known that they have all.
    private readonly HashSet<int> _inherited = [];

    /// <summary>
    /// Where versions that inherit stand. A generation that is being built has none: it is told all from the log, and the hours were counted when
    /// the events came.
    /// </summary>
    public InheritTable? Inheritances { get; init; }

    /// <summary>Versions that drain. As above, null for a generation that is being built: late events were counted when they came.</summary>
    public DrainTable? DrainTable { get; init; }

    /// <summary>Whether the last page was a whole one, so that more waits.</summary>
    public bool WasFull { get; private set; }

    private MembershipFold Fold => _made ??= new MembershipFold(keys, onlyKeyId) { SuccessorsTakeOver = Inheritances is not null };

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

        WasFull = _page.Count == pageEvents;
        if (_page.Count == 0)
        {
            return progress;
        }

        var (page, next) = await FoldPageAsync(progress, cancellationToken);
        await table.WriteAsync(lease, page, next, cancellationToken);
        return next;
    }

    /// <summary>What events behind a place, up to another, add to the counts, without writing anything. Null when they are more than one page.</summary>
    public async Task<ProjectedPage?> CountAsync(ProjectionProgress progress, Position last, CancellationToken cancellationToken)
    {
        // Positions have few holes, and events that are too many for a page are not worth reading.
        if (last.Value - progress.Position.Value > pageEvents)
        {
            return null;
        }

        await table.ReadEventsAsync(progress.Position, pageEvents, _page, cancellationToken);
        _page.RemoveAll(logged => logged.Position > last);
        var count = _page.Count;
        if (count == 0)
        {
            return ProjectedPage.Of([]);
        }

        var (page, _) = await FoldPageAsync(progress, cancellationToken);
        return _page.Count == count ? page : null;
    }

    private async Task<(ProjectedPage Page, ProjectionProgress Next)> FoldPageAsync(ProjectionProgress progress, CancellationToken cancellationToken)
    {
        await HearOfChangesAsync(progress.Position, cancellationToken);
        await BeginAsync(progress.Position, cancellationToken);
        await LoadAsync(_page[^1].Position, cancellationToken);
        var changedPos = Fold.Finish(progress.ChangedPos, clock.GetUtcNow());
        var next = new ProjectionProgress(
            _page[^1].Position, changedPos, progress.Applied + Fold.Applied, progress.Superseded + Fold.Superseded);
        var page = new ProjectedPage(Fold.Changed, Fold.Links, Fold.Permissions) { Hours = Inheritances is null ? [] : [.. Fold.Hours], Late = [.. Fold.Late.Counts] };
        return (page, next);
    }

    // Events of the registry stand in the log where they hold from, and their rows were written with them. A page ends with the event that publishes an
    // heir, so that what it takes over is what had been said when it was published.
    private async Task HearOfChangesAsync(Position from, CancellationToken cancellationToken)
    {
        if (Inheritances is null)
        {
            return;
        }

        var changed = _page.Exists(logged => EventAlias.IsOfRegistry(logged.Type));
        if (changed)
        {
            await keys.ReloadAsync(cancellationToken);
            var end = _page.FindIndex(logged => EventAlias.IsOfRegistry(logged.Type) && keys.All.Any(key => key.PublishedPos == logged.Position));
            if (end >= 0 && end < _page.Count - 1)
            {
                _page.RemoveRange(end + 1, _page.Count - end - 1);
                WasFull = true;
            }
        }

        if (DrainTable is not null && (changed || !_knowsDrains))
        {
            Fold.Late.Drains = await DrainTable.ReadAsync(from, cancellationToken);
            _knowsDrains = true;
        }
    }

    // Another host may have published a key a moment ago: whoever appended for it had read it, so it can be read.
    private async Task BeginAsync(Position from, CancellationToken cancellationToken)
    {
        Fold.OpenSuccessors = OpenSuccessors(from);
        try
        {
            Fold.Begin(_page);
        }
        catch (UnknownKeyException)
        {
            await keys.ReloadAsync(cancellationToken);
            Fold.OpenSuccessors = OpenSuccessors(from);
            Fold.Begin(_page);
        }
    }

    // Those of which the log up to here has told.
    private List<PublishedKey> OpenSuccessors(Position from) => Inheritances is null ? []
        : [.. keys.All.Where(key => key.InheritsFrom is not null && !_inherited.Contains(key.KeyId) && !(key.PublishedPos > from)).OrderBy(key => key.KeyId)];

    private async Task LoadAsync(Position last, CancellationToken cancellationToken)
    {
        // Where nobody was ever linked, nobody is looked for.
        _anyLinks |= Fold.Links.Count > 0;
        var groups = _anyLinks ? await table.ReadGroupsAsync(Fold.Everybody(), cancellationToken) : [];
        var whole = Fold.LoadGroups(groups);
        if (Fold.KeyIds.Count > 0)
        {
            Fold.Load(await table.ReadRowsAsync(Fold.KeyIds, Fold.People, cancellationToken));
        }

        if (whole.Count > 0)
        {
            Fold.Load(await table.ReadRowsOfAsync(whole, cancellationToken));
        }

        await LoadPermissionsAsync(last, cancellationToken);
    }

    private async Task LoadPermissionsAsync(Position last, CancellationToken cancellationToken)
    {
        var wanted = Fold.PermissionsWanted();
        if (wanted.Count == 0)
        {
            return;
        }

        // Where nobody ever said anything of it, nothing is looked for.
        var known = _anyPermissions ? await permissions.ReadAsync(wanted, cancellationToken) : [];
        var inexact = Fold.LoadPermissions(known);
        if (inexact.Count > 0)
        {
            foreach (var (person, facts) in await permissions.ReadHistoryAsync(inexact, last, cancellationToken))
            {
                Fold.LoadHistory(person, facts);
            }
        }

        var restricted = Fold.FinishPermissions();
        _anyPermissions |= Fold.Permissions.Count > 0;
        if (restricted.Count > 0)
        {
            Fold.Load(await table.ReadRowsOfAsync(restricted, cancellationToken));
        }
    }

    /// <summary>A page of a predecessor's rows for its heir, while one is open. Why it may come at any time: see <see cref="InheritTable"/>.</summary>
    public async Task<ProjectionProgress> InheritAsync(Lease lease, ProjectionProgress progress, CancellationToken cancellationToken)
    {
        if (Inheritances is null || !keys.AnySuccessors || keys.All.All(key => key.InheritsFrom is null || _inherited.Contains(key.KeyId)))
        {
            return progress;
        }

        if (await Inheritances.FindAsync(cancellationToken) is not { } open)
        {
            _inherited.UnionWith(keys.All.Select(key => key.KeyId));
            return progress;
        }

        // One of which the log up to here has not told waits until it has.
        Fold.OpenSuccessors = OpenSuccessors(progress.Position);
        if (Fold.OpenSuccessors.FirstOrDefault(key => key.KeyId == open.KeyId) is not { } successor)
        {
            await keys.ReloadAsync(cancellationToken);
            return progress;
        }

        var rows = await table.ReadKeyAsync(open.From, open.Place, pageEvents, cancellationToken);
        Fold.BeginInheritance(successor, rows);
        await LoadAsync(progress.Position, cancellationToken);
        var next = progress with { ChangedPos = Fold.Finish(progress.ChangedPos, clock.GetUtcNow()) };
        var place = rows.Count > 0 ? rows[^1].Person.Value : open.Place;
        var page = new ProjectedPage(Fold.Changed, Fold.Links, Fold.Permissions)
        {
            Inherited = new InheritedPage(open.KeyId, place, Done: rows.Count < pageEvents),
            Hours = [.. Fold.Hours],
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

        var next = progress with { ChangedPos = Fold.Expire(due, progress.ChangedPos) };
        await table.WriteAsync(lease, new ProjectedPage(Fold.Changed, Fold.Links, Fold.Permissions), next, cancellationToken);
        return next;
    }
}
