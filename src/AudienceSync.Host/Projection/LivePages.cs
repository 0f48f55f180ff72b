using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Projection;

/// <summary>Folds the log page by page into the live tables, takes over rows for versions that inherit, and expires rows.</summary>
public sealed class LivePages(
    MembershipStore table,
    PermissionStore permissions,
    InheritStore inheritances,
    HoldoutStore holdouts,
    DrainStore drains,
    AudienceKeys keys,
    int pageEvents,
    TimeProvider clock
)
{
    private static readonly Position End = new(long.MaxValue);

    private readonly PageTables _tables = new(table, permissions, pageEvents);
    private readonly HoldoutPages _holdouts = new(holdouts, table, keys, pageEvents);

    // Successors that are known to be complete.
    private readonly HashSet<int> _inherited = [];
    private IReadOnlyList<Drain>? _drains;

    private bool _assigns;

    /// <summary>Whether the last page was full, so that more events wait, or members wait for an experiment.</summary>
    public bool WasFull => _tables.WasFull || _assigns;

    /// <summary>Reads the progress of the tables.</summary>
    public Task<ProjectionProgress> OpenAsync(CancellationToken cancellationToken) => _tables.OpenAsync(cancellationToken);

    /// <summary>Folds the next page, if there is one. Returns the new progress.</summary>
    public async Task<ProjectionProgress> FoldAsync(Lease lease, ProjectionProgress progress, CancellationToken cancellationToken)
    {
        if (!await _tables.ReadAsync(progress.Position, End, cancellationToken))
        {
            return progress;
        }

        using var span = Spans.Start(Spans.Project);
        if (await ApplyRegistryChangesAsync(cancellationToken) || _drains is null)
        {
            _drains = await drains.ReadAsync(progress.Position, cancellationToken);
        }

        var result = await FoldPageAsync(progress, _drains, cancellationToken);
        var next = _tables.After(progress, result);
        await _tables.WriteAsync(lease, ProjectedPage.Of(result), next, cancellationToken);
        _tables.Describe(span, progress, next);
        return next;
    }

    /// <summary>
    /// What the events between two positions add to the hourly counts, without writing anything. Null when they are more than one page.
    /// </summary>
    public async Task<ProjectedPage?> CountAsync(ProjectionProgress progress, Position last, CancellationToken cancellationToken)
    {
        // Positions have few gaps, so this detects too many events for a page without reading them.
        if (last.Value - progress.Position.Value > pageEvents)
        {
            return null;
        }

        if (!await _tables.ReadAsync(progress.Position, last, cancellationToken))
        {
            return ProjectedPage.Of([]);
        }

        var count = _tables.Events.Count;
        await ApplyRegistryChangesAsync(cancellationToken);
        var result = await FoldPageAsync(progress, drains: [], cancellationToken);
        return _tables.Events.Count == count ? ProjectedPage.Of(result) : null;
    }

    /// <summary>
    /// Takes over a page of a predecessor's rows, while a successor is open. <see cref="InheritStore"/> explains why the order does not
    /// matter.
    /// </summary>
    public async Task<ProjectionProgress> InheritAsync(Lease lease, ProjectionProgress progress, CancellationToken cancellationToken)
    {
        if (!keys.Current.AnySuccessors || keys.All.All(key => key.InheritsFrom is null || _inherited.Contains(key.KeyId)))
        {
            return progress;
        }

        if (await inheritances.FindAsync(cancellationToken) is not { } open)
        {
            _inherited.UnionWith(keys.All.Select(key => key.KeyId));
            return progress;
        }

        // A successor whose publication is after this position waits until the log has been read up to it.
        var mode = Mode(progress.Position, drains: []);
        if (mode.OpenSuccessors.All(key => key.KeyId != open.KeyId))
        {
            await keys.ReloadAsync(cancellationToken);
            return progress;
        }

        var rows = await table.ReadKeyAsync(open.From, open.Place, pageEvents, cancellationToken);
        var result = await _tables.FoldAsync(
            PageFold.TakeOver(rows, mode),
            progress.Position,
            progress.ChangedPos,
            clock.GetUtcNow(),
            cancellationToken
        );
        var next = progress with { ChangedPos = result.ChangedPos };
        var place = rows.Count > 0 ? rows[^1].Person.Value : open.Place;
        var inherited = new InheritedPage(open.KeyId, place, Done: rows.Count < pageEvents);
        await _tables.WriteAsync(lease, ProjectedPage.Of(result) with { Inherited = inherited }, next, cancellationToken);
        return next;
    }

    /// <summary>Lets experiments start and end, at most one page of members.</summary>
    public async Task<ProjectionProgress> AssignAsync(Lease lease, ProjectionProgress progress, CancellationToken cancellationToken)
    {
        (progress, _assigns) = await _holdouts.AssignAsync(
            _tables,
            () => Mode(progress.Position, drains: []),
            lease,
            progress,
            clock.GetUtcNow(),
            cancellationToken
        );
        return progress;
    }

    /// <summary>Marks rows whose window has passed as expired, at most one page of them.</summary>
    public Task<ProjectionProgress> ExpireAsync(Lease lease, ProjectionProgress progress, CancellationToken cancellationToken) =>
        _tables.ExpireAsync(lease, progress, clock.GetUtcNow(), cancellationToken);

    private Task<PageResult> FoldPageAsync(ProjectionProgress progress, IReadOnlyList<Drain> drains, CancellationToken cancellationToken) =>
        _tables.FoldAsync(keys, () => Mode(progress.Position, drains), progress, clock.GetUtcNow(), cancellationToken);

    // A registry event is in the log at the position from which it holds, and its rows were written with it. A page ends with the event
    // that publishes a successor, so that the successor takes over the state as of its publication.
    private async Task<bool> ApplyRegistryChangesAsync(CancellationToken cancellationToken)
    {
        if (!_tables.Events.Any(logged => EventAlias.IsOfRegistry(logged.Type)))
        {
            return false;
        }

        await keys.ReloadAsync(cancellationToken);
        _holdouts.Forget();
        foreach (var logged in _tables.Events)
        {
            if (EventAlias.IsOfRegistry(logged.Type) && keys.All.Any(key => key.PublishedPos == logged.Position))
            {
                _tables.EndAt(logged.Position);
                break;
            }
        }

        return true;
    }

    // Open successors are those published in the log up to this position.
    private LiveMode Mode(Position from, IReadOnlyList<Drain> drains)
    {
        var current = keys.Current;
        return new LiveMode(current, current.AnySuccessors ? OpenSuccessors(current, from) : [], drains);
    }

    private List<PublishedKey> OpenSuccessors(AudienceKeySet current, Position from) =>
        [
            .. current
                .All.Where(key => key.InheritsFrom is not null && !_inherited.Contains(key.KeyId) && !(key.PublishedPos > from))
                .OrderBy(key => key.KeyId),
        ];
}
