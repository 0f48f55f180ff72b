using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Projection;

/// <summary>
/// The tables of one generation for <see cref="PageFold"/>: reads a page of the log, loads what it needs, and writes what it changes, rows
/// and cursor in one transaction that holds a lease.
/// </summary>
internal sealed class PageTables(MembershipStore table, PermissionStore permissions, int pageEvents)
{
    private readonly List<LogEvent> _events = new(pageEvents);
    private bool _anyLinks;
    private bool _anyPermissions;

    /// <summary>The page that was read last.</summary>
    public IReadOnlyList<LogEvent> Events => _events;

    /// <summary>Whether it was full, so that more events wait.</summary>
    public bool WasFull { get; private set; }

    /// <summary>Reads the progress of the tables.</summary>
    public async Task<ProjectionProgress> OpenAsync(CancellationToken cancellationToken)
    {
        _anyLinks = await table.HasLinksAsync(cancellationToken);
        _anyPermissions = await permissions.AnyAsync(cancellationToken);
        return await table.ReadProgressAsync(cancellationToken);
    }

    /// <summary>Reads the next page. False when it has no event.</summary>
    /// <param name="after">The last event folded.</param>
    /// <param name="last">The last event that may be on the page.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<bool> ReadAsync(Position after, Position last, CancellationToken cancellationToken)
    {
        await table.ReadEventsAsync(after, pageEvents, _events, cancellationToken);
        if (_events.Count > 0 && _events[^1].Position > last)
        {
            _events.RemoveAll(logged => logged.Position > last);
        }

        WasFull = _events.Count == pageEvents;
        return _events.Count > 0;
    }

    /// <summary>Leaves the events behind a position for the next page.</summary>
    public void EndAt(Position last) => WasFull |= _events.RemoveAll(logged => logged.Position > last) > 0;

    /// <summary>
    /// Folds the page that was read. Another Host may just have published a key: the writer that appended an event for it had read it, so
    /// it can be read.
    /// </summary>
    public async Task<PageResult> FoldAsync(
        AudienceKeys keys,
        Func<FoldMode> mode,
        ProjectionProgress progress,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var reading = PageFold.Read(_events, mode());
        if (reading.UnknownKey is not null)
        {
            await keys.ReloadAsync(cancellationToken);
            reading = PageFold.Read(_events, mode());
        }

        var page = reading.Facts ?? throw new UnknownKeyException(reading.UnknownKey!);
        return await FoldAsync(page, _events[^1].Position, progress.ChangedPos, now, cancellationToken);
    }

    /// <summary>Loads what a page needs, and folds it.</summary>
    public async Task<PageResult> FoldAsync(
        PageFacts page,
        Position last,
        long changedPos,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        // Without any link in the workspace there are no groups to read.
        _anyLinks |= page.Links.Count > 0;
        var before = _anyLinks ? await table.ReadGroupsAsync(PageNeeds.PeopleOf(page), cancellationToken) : [];
        var links = PageLinks.Of(before, page);
        var rows = new Dictionary<RowId, MembershipRow>(page.RowPeople.Count);
        if (page.RowPeople.Count > 0)
        {
            Add(rows, await table.ReadRowsAsync(page.RowKeyIds, page.RowPeople, cancellationToken));
        }

        await AddRowsOfAsync(PageNeeds.WholeAnchors(page, links), rows, cancellationToken);
        var folded = await FoldPermissionsAsync(PageNeeds.Permissions(page, links, rows), last, cancellationToken);
        await AddRowsOfAsync(PageSnapshot.RestrictedAnchors(links, folded), rows, cancellationToken);
        return PageFold.Fold(page, new PageSnapshot(links, rows, folded), changedPos, now);
    }

    /// <summary>Writes the page that was read, with the progress after it.</summary>
    public Task WriteAsync(Lease lease, ProjectedPage page, ProjectionProgress next, CancellationToken cancellationToken) =>
        table.WriteAsync(lease, page, next, cancellationToken);

    /// <summary>Marks rows whose window has passed as expired, at most one page of them.</summary>
    public async Task<ProjectionProgress> ExpireAsync(
        Lease lease,
        ProjectionProgress progress,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var due = await table.ReadExpiredAsync(now, pageEvents, cancellationToken);
        if (due.Count == 0)
        {
            return progress;
        }

        var next = progress with { ChangedPos = progress.ChangedPos + due.Count };
        await WriteAsync(lease, ProjectedPage.Of(PageFold.Expire(due, progress.ChangedPos)), next, cancellationToken);
        return next;
    }

    /// <summary>The progress after the page that was read.</summary>
    public ProjectionProgress After(ProjectionProgress progress, PageResult result) =>
        new(_events[^1].Position, result.ChangedPos, progress.Applied + result.Applied, progress.Superseded + result.Superseded);

    /// <summary>Notes on a span which events and changes the page covers.</summary>
    public void Describe(System.Diagnostics.Activity? span, ProjectionProgress before, ProjectionProgress next) =>
        span
            ?.SetTag(Spans.Workspace, table.Workspace)
            .SetTag(Spans.Events, _events.Count)
            .SetTag(Spans.FirstPosition, _events[0].Position.Value)
            .SetTag(Spans.LastPosition, next.Position.Value)
            .SetTag(Spans.FirstChange, before.ChangedPos + 1)
            .SetTag(Spans.LastChange, next.ChangedPos);

    private async Task<FoldedPermissions> FoldPermissionsAsync(PermissionNeeds needs, Position last, CancellationToken cancellationToken)
    {
        // Without any permission event in the workspace there is nothing to read.
        var stored = _anyPermissions && needs.Anchors.Count > 0 ? await permissions.ReadAsync(needs.Anchors, cancellationToken) : [];
        var histories = needs.With(stored);
        var facts = histories.Anchors.Count > 0 ? await permissions.ReadHistoryAsync(histories.Anchors, last, cancellationToken) : [];
        var folded = histories.With(facts);
        _anyPermissions |= folded.Changed.Count > 0;
        return folded;
    }

    private async Task AddRowsOfAsync(List<Guid> anchors, Dictionary<RowId, MembershipRow> rows, CancellationToken cancellationToken)
    {
        if (anchors.Count > 0)
        {
            Add(rows, await table.ReadRowsOfAsync(anchors, cancellationToken));
        }
    }

    private static void Add(Dictionary<RowId, MembershipRow> rows, List<MembershipRow> loaded)
    {
        foreach (var row in loaded)
        {
            rows[row.Id] = row;
        }
    }
}
