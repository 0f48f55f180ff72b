using AudienceSync.Domain.Events;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Projection;

/// <summary>
/// Folds the log page by page into the tables of a generation that is not live yet, by the same fold as <see cref="LivePages"/>. Neither
/// hours nor late events are counted: they were when the events came in.
/// </summary>
public sealed class CatchUpPages(
    MembershipStore table,
    PermissionStore permissions,
    AudienceKeys keys,
    KeyScope scope,
    int pageEvents,
    TimeProvider clock
)
{
    private readonly PageTables _tables = new(table, permissions, pageEvents);

    /// <summary>Whether the last page was full, so that more events wait.</summary>
    public bool WasFull => _tables.WasFull;

    /// <summary>Reads the progress of the tables.</summary>
    public Task<ProjectionProgress> OpenAsync(CancellationToken cancellationToken) => _tables.OpenAsync(cancellationToken);

    /// <summary>Folds the next page, if there is one, up to an event. Returns the new progress.</summary>
    public async Task<ProjectionProgress> FoldAsync(
        Lease lease,
        ProjectionProgress progress,
        Position last,
        CancellationToken cancellationToken
    )
    {
        if (!await _tables.ReadAsync(progress.Position, last, cancellationToken))
        {
            return progress;
        }

        using var span = Spans.Start(Spans.Project);
        var result = await _tables.FoldAsync(
            keys,
            () => new RebuildMode(keys.Current, scope),
            progress,
            clock.GetUtcNow(),
            cancellationToken
        );
        var next = _tables.After(progress, result);
        await _tables.WriteAsync(lease, ProjectedPage.Of(result) with { Hours = [] }, next, cancellationToken);
        _tables.Describe(span, progress, next);
        return next;
    }

    /// <summary>Marks rows whose window has passed as expired, at most one page of them.</summary>
    public Task<ProjectionProgress> ExpireAsync(Lease lease, ProjectionProgress progress, CancellationToken cancellationToken) =>
        _tables.ExpireAsync(lease, progress, clock.GetUtcNow(), cancellationToken);
}
