using AudienceSync.Host.Audiences;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>
/// What the live projector would have counted by hour for the events that a new generation has read and the live one has not: after the
/// swap no projector reads them again. A rebuild recomputes membership but not the counts, because they follow from the log and were right.
/// <para>
/// Where a projector runs, these are the events of the last second. Where none runs they may be many: then only the sizes are corrected, in
/// the hour of the swap. The same applies where the live rows were wrong or a successor had not yet taken over all rows.
/// </para>
/// </summary>
internal sealed class MissedCounts(GenerationSchemaStore database, AudienceKeys keys, TimeProvider clock)
{
    private const int MaxEvents = 50_000;

    /// <summary>Null when they cannot be counted one by one.</summary>
    public async Task<ProjectedPage?> ReadAsync(
        ProjectionProgress live,
        ProjectionProgress next,
        Drift drift,
        CancellationToken cancellationToken
    )
    {
        var inheritances = new InheritStore(database.Live);
        if (drift.Missing + drift.Unfounded + drift.Status + drift.Times > 0 || await inheritances.FindAsync(cancellationToken) is not null)
        {
            return null;
        }

        var pages = new LivePages(
            new MembershipStore(database.Live),
            new PermissionStore(database.Live),
            inheritances,
            new HoldoutStore(database.Live),
            new DrainStore(database.Live),
            keys,
            MaxEvents,
            clock
        );
        await pages.OpenAsync(cancellationToken);
        return await pages.CountAsync(live, next.Position, cancellationToken);
    }
}
