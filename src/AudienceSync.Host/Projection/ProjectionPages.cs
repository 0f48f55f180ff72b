using AudienceSync.Domain.Events;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Projection;

/// <summary>
/// Folds the log page by page into the given tables, rows and cursor in one transaction that holds a lease. The live projector uses it, and
/// so does a new generation that catches up: both fold events with the same code.
/// </summary>
public sealed class ProjectionPages(MembershipStore table, PermissionStore permissions, AudienceKeys keys, int pageEvents, TimeProvider clock, int? onlyKeyId = null)
{
    private MembershipFold? _fold;
    private readonly List<LogEvent> _page = new(pageEvents);
    private bool _drainsLoaded;
    private bool _anyLinks;
    private bool _anyPermissions;

    // Successors that are known to be complete.
    private readonly HashSet<int> _inherited = [];

    /// <summary>
    /// The progress of versions that inherit. Null for a generation that is being built: it folds everything from the log, and the hours
    /// were counted when the events came in.
    /// </summary>
    public InheritStore? Inheritances { get; init; }

    /// <summary>
    /// Draining versions. As above, null for a generation that is being built: late events were counted when they came in.
    /// </summary>
    public DrainStore? DrainStore { get; init; }

    /// <summary>Whether the last page was full, so that more events wait.</summary>
    public bool WasFull { get; private set; }

    private MembershipFold Fold => _fold ??= new MembershipFold(keys, onlyKeyId) { SuccessorsTakeOver = Inheritances is not null };

    /// <summary>Reads the progress of the tables.</summary>
    public async Task<ProjectionProgress> OpenAsync(CancellationToken cancellationToken)
    {
        _anyLinks = await table.HasLinksAsync(cancellationToken);
        _anyPermissions = await permissions.AnyAsync(cancellationToken);
        return await table.ReadProgressAsync(cancellationToken);
    }

    /// <summary>Folds the next page, if there is one, up to an event if one is given. Returns the new progress.</summary>
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

        using var span = Spans.Start(Spans.Project);
        var (page, next) = await FoldPageAsync(progress, cancellationToken);
        await table.WriteAsync(lease, page, next, cancellationToken);
        span?.SetTag(Spans.Workspace, table.Workspace).SetTag(Spans.Events, _page.Count)
            .SetTag(Spans.FirstPosition, _page[0].Position.Value).SetTag(Spans.LastPosition, next.Position.Value)
            .SetTag(Spans.FirstChange, progress.ChangedPos + 1).SetTag(Spans.LastChange, next.ChangedPos);
        return next;
    }

    /// <summary>
    /// What the events between two positions add to the counts, without writing anything. Null when they are more than one page.
    /// </summary>
    public async Task<ProjectedPage?> CountAsync(ProjectionProgress progress, Position last, CancellationToken cancellationToken)
    {
        // Positions have few gaps, so this detects too many events for a page without reading them.
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
        await ApplyRegistryChangesAsync(progress.Position, cancellationToken);
        await BeginAsync(progress.Position, cancellationToken);
        await LoadAsync(_page[^1].Position, cancellationToken);
        var changedPos = Fold.Finish(progress.ChangedPos, clock.GetUtcNow());
        var next = new ProjectionProgress(
            _page[^1].Position, changedPos, progress.Applied + Fold.Applied, progress.Superseded + Fold.Superseded);
        var page = new ProjectedPage(Fold.Changed, Fold.Links, Fold.Permissions)
        {
            Hours = Inheritances is null ? [] : [.. Fold.Hours],
            Late = [.. Fold.Late.Counts],
        };
        return (page, next);
    }

    // A registry event is in the log at the position from which it holds, and its rows were written with it. A page ends with the event
    // that publishes a successor, so that the successor takes over the state as of its publication.
    private async Task ApplyRegistryChangesAsync(Position from, CancellationToken cancellationToken)
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

        if (DrainStore is not null && (changed || !_drainsLoaded))
        {
            Fold.Late.Drains = await DrainStore.ReadAsync(from, cancellationToken);
            _drainsLoaded = true;
        }
    }

    // Another Host may just have published a key: the writer that appended an event for it had read it, so it can be read.
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

    // Those published in the log up to this position.
    private List<PublishedKey> OpenSuccessors(Position from) => Inheritances is null ? []
        : [.. keys.All.Where(key => key.InheritsFrom is not null && !_inherited.Contains(key.KeyId) && !(key.PublishedPos > from)).OrderBy(key => key.KeyId)];

    private async Task LoadAsync(Position last, CancellationToken cancellationToken)
    {
        // Without any link in the workspace there are no groups to read.
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

        // Without any permission event in the workspace there is nothing to read.
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

    /// <summary>
    /// Takes over a page of a predecessor's rows, while a successor is open. <see cref="InheritTable"/> explains why the order does not
    /// matter.
    /// </summary>
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

        // A successor whose publication is after this position waits until the log has been read up to it.
        Fold.OpenSuccessors = OpenSuccessors(progress.Position);
        if (Fold.OpenSuccessors.All(key => key.KeyId != open.KeyId))
        {
            await keys.ReloadAsync(cancellationToken);
            return progress;
        }

        var rows = await table.ReadKeyAsync(open.From, open.Place, pageEvents, cancellationToken);
        Fold.BeginInheritance(rows);
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

    /// <summary>Marks rows whose window has passed as expired, at most one page of them.</summary>
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
