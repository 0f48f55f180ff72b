using AudienceSync.Domain.Membership;
using AudienceSync.Host.Projecting;
using AudienceSync.Host.Storage.Membership;

namespace AudienceSync.Host.Rebuilding;

/// <summary>Puts each rebuilt row beside the live one: gives it its number, and counts how the two differ.</summary>
/// <param name="fold">What the log says.</param>
/// <param name="livePosition">How far the live generation had read.</param>
/// <param name="lastNumber">Above it new numbers begin.</param>
/// <param name="now">The time at which windows are judged.</param>
internal sealed class Comparison(FullLogFold fold, long livePosition, long lastNumber, DateTimeOffset now)
{
    public Drift Drift { get; } = new();

    public DateTimeOffset Now => now;

    public long LastNumber { get; private set; } = lastNumber;

    public MembershipRow Meet(MembershipRow live)
    {
        var (row, founded) = fold.Take(live.KeyId, live.Person, now);
        if (!founded && SaysNothing(live) && RowRule.SameForLanes(live, row))
        {
            Drift.Same++;
            return live;
        }

        Count(live, row, founded);
        return row with { ChangedPos = RowRule.SameForLanes(live, row) ? live.ChangedPos : ++LastNumber };
    }

    public MembershipRow Alone(MembershipRow row)
    {
        if (row.EventPos > livePosition)
        {
            Drift.Behind++;
        }
        else
        {
            Drift.Missing++;
        }

        return row with { ChangedPos = ++LastNumber };
    }

    private void Count(MembershipRow live, MembershipRow row, bool founded)
    {
        if (Equal(live, row))
        {
            Drift.Same++;
        }
        else if (!founded)
        {
            Drift.Unfounded++;
        }
        else if (row.EventPos > livePosition)
        {
            Drift.Behind++;
        }
        else if (live.Status != row.Status)
        {
            _ = live.Status == MembershipStatus.Expired || row.Status == MembershipStatus.Expired ? Drift.Expiry++ : Drift.Status++;
        }
        else
        {
            _ = RowRule.SameForLanes(live, row) ? Drift.Times++ : Drift.Restrictions++;
        }
    }

    // A root that his last anchor has left again, or an anchor that never was told anything of this key.
    private static bool SaysNothing(MembershipRow row) =>
        row.State == MembershipState.Nothing && row.Status is MembershipStatus.Removed or MembershipStatus.Linked;

    // Since when a linked anchor's row says nothing depends on the order of arrival, and nobody reads it.
    private static bool Equal(MembershipRow live, MembershipRow row) =>
        RowRule.SameForLanes(live, row) && Stored(live.State.AddedAt) == Stored(row.State.AddedAt) && Stored(live.State.RemovedAt) == Stored(row.State.RemovedAt)
        && Stored(live.Until) == Stored(row.Until) && live.EventPos == row.EventPos
        && (live.Status == MembershipStatus.Linked || Stored(live.Since) == Stored(row.Since));

    // The store keeps microseconds.
    private static long? Stored(DateTimeOffset? time) => time?.UtcTicks / TimeSpan.TicksPerMicrosecond;
}
