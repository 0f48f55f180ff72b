using AudienceSync.Domain.Membership;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>Compares each rebuilt row with the live one: assigns its number, and counts the differences.</summary>
/// <param name="fold">The fold of the log.</param>
/// <param name="livePosition">The position up to which the live generation had read.</param>
/// <param name="lastNumber">New numbers begin above it.</param>
/// <param name="now">The time at which windows are evaluated.</param>
internal sealed class Comparison(FullLogFold fold, long livePosition, long lastNumber, DateTimeOffset now)
{
    public Drift Drift { get; } = new();

    public DateTimeOffset Now => now;

    public long LastNumber { get; private set; } = lastNumber;

    public MembershipRow Meet(MembershipRow live)
    {
        var (row, founded) = fold.Take(live.KeyId, live.Person, now);
        if (!founded && HasNoFacts(live) && RowRule.SameForLanes(live.Content, row.Content))
        {
            Drift.Same++;
            return live;
        }

        Count(live, row, founded);
        return row with { ChangedPos = RowRule.SameForLanes(live.Content, row.Content) ? live.ChangedPos : ++LastNumber };
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

        return row with
        {
            ChangedPos = ++LastNumber,
        };
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
            _ = RowRule.SameForLanes(live.Content, row.Content) ? Drift.Times++ : Drift.Restrictions++;
        }
    }

    // A root whose last anchor has left again, or an anchor without events for this key.
    private static bool HasNoFacts(MembershipRow row) =>
        row.State == MembershipState.Nothing && row.Status is MembershipStatus.Removed or MembershipStatus.Linked;

    // The since time of a linked anchor's row depends on the order of arrival, and nothing reads it.
    private static bool Equal(MembershipRow live, MembershipRow row) =>
        RowRule.SameForLanes(live.Content, row.Content)
        && Stored(live.State.AddedAt) == Stored(row.State.AddedAt)
        && Stored(live.State.RemovedAt) == Stored(row.State.RemovedAt)
        && Stored(live.Until) == Stored(row.Until)
        && live.EventPos == row.EventPos
        && (live.Status == MembershipStatus.Linked || Stored(live.Since) == Stored(row.Since));

    // The database stores microseconds.
    private static long? Stored(DateTimeOffset? time) => time?.UtcTicks / TimeSpan.TicksPerMicrosecond;
}
