using AudienceSync.Domain.Events;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore.Leases;

namespace AudienceSync.Host.Projection;

/// <summary>
/// Lets experiments start and end in the live rows: see <see cref="HoldoutStore"/>. While nothing is due it compares two times and reads
/// nothing.
/// </summary>
internal sealed class HoldoutPages(HoldoutStore holdouts, MembershipStore table, AudienceKeys keys, int pageEvents)
{
    // Null when it must be read.
    private OpenHoldouts? _open;

    /// <summary>The registry changed: an experiment may be new, or was ended.</summary>
    public void Forget() => _open = null;

    /// <summary>Does the next page, if there is one.</summary>
    /// <param name="tables">The live tables.</param>
    /// <param name="mode">How pages are folded now.</param>
    /// <param name="lease">The projector's.</param>
    /// <param name="progress">The progress before it.</param>
    /// <param name="now">The present.</param>
    /// <param name="cancellationToken">Ends it between two transactions.</param>
    /// <returns>The progress after it, and whether more waits.</returns>
    public async Task<(ProjectionProgress Progress, bool More)> AssignAsync(
        PageTables tables,
        Func<FoldMode> mode,
        Lease lease,
        ProjectionProgress progress,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        _open ??= await holdouts.ReadAsync(cancellationToken);
        if (_open.NextAt <= now)
        {
            await holdouts.TurnAsync(lease, now, cancellationToken);
            await keys.ReloadAsync(cancellationToken);
            _open = await holdouts.ReadAsync(cancellationToken);
        }

        if (_open.Sweeps.Count == 0)
        {
            return (progress, false);
        }

        var (keyId, place) = _open.Sweeps[0];
        var rows = await table.ReadKeyAsync(keyId, place, pageEvents, cancellationToken);
        var page = new AssignedPage(keyId, rows.Count > 0 ? rows[^1].Person.Value : place, Done: rows.Count < pageEvents);
        var result = await tables.FoldAsync(
            PageFold.Assign([.. rows.Where(row => MayChange(row.Status))], mode()),
            progress.Position,
            progress.ChangedPos,
            now,
            cancellationToken
        );
        var next = progress with { ChangedPos = result.ChangedPos };
        var changed = result.Rows.Where(row => row.ChangedPos > progress.ChangedPos).ToList();
        await tables.WriteAsync(lease, ProjectedPage.Of(changed) with { Assigned = page }, next, cancellationToken);
        _open = _open with { Sweeps = page.Done ? [.. _open.Sweeps.Skip(1)] : [(keyId, page.Place), .. _open.Sweeps.Skip(1)] };
        return (next, _open.Sweeps.Count > 0);
    }

    private static bool MayChange(MembershipStatus status) =>
        status is MembershipStatus.Present or MembershipStatus.Limited or MembershipStatus.HeldOut;
}
