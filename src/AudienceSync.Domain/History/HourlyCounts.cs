using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.History;

/// <summary>
/// Counts who enters and leaves, by the hour in which the event was recorded. It processes each event separately, in the order of the log,
/// with the time of recording as its clock, so page boundaries and the time of reading do not matter: the counts follow from log and
/// windows.
/// <para>
/// <b>Expiries</b> are counted with the add, in the hour in which the window will end. An event recorded before that hour that changes the
/// end first reverses that count. So no timer is needed, and the count of a future hour is the number of people that will leave then.
/// </para>
/// <para>
/// <b>Size</b> of a key at the end of an hour: the sum up to that hour of adds, less removes, expiries and joined. It is the number of
/// people in a list as of that hour by what was known then, including those who are restricted.
/// </para>
/// </summary>
public sealed class HourlyCounts
{
    private readonly Dictionary<(int KeyId, DateTimeOffset Hour), HourChange> _changes = [];

    /// <summary>The counts since <see cref="Clear"/>, without unchanged hours.</summary>
    public IEnumerable<(int KeyId, DateTimeOffset Hour, HourChange Change)> Changes =>
        _changes.Where(one => !one.Value.IsNothing).Select(one => (one.Key.KeyId, one.Key.Hour, one.Value));

    public void Clear() => _changes.Clear();

    /// <summary>Records a change of one person's membership in a key.</summary>
    public void Record(int keyId, TimeSpan? window, MembershipState before, MembershipState after, DateTimeOffset recordedAt)
    {
        var (was, isNow) = (IsIn(before, window, recordedAt), IsIn(after, window, recordedAt));
        if (was)
        {
            CountEnd(keyId, before.Until(window), -1);
        }

        if (isNow)
        {
            CountEnd(keyId, after.Until(window), 1);
        }

        if (was != isNow)
        {
            Count(keyId, recordedAt, isNow ? new HourChange(1, 0, 0, 0) : new HourChange(0, 1, 0, 0));
        }
    }

    /// <summary>Records that people were merged or split: their memberships before and after.</summary>
    public void Join(
        int keyId,
        TimeSpan? window,
        IEnumerable<MembershipState> before,
        IEnumerable<MembershipState> after,
        DateTimeOffset recordedAt
    )
    {
        var joined = 0;
        foreach (var state in before.Where(state => IsIn(state, window, recordedAt)))
        {
            CountEnd(keyId, state.Until(window), -1);
            joined++;
        }

        foreach (var state in after.Where(state => IsIn(state, window, recordedAt)))
        {
            CountEnd(keyId, state.Until(window), 1);
            joined--;
        }

        Count(keyId, recordedAt, new HourChange(0, 0, 0, joined));
    }

    private static bool IsIn(MembershipState state, TimeSpan? window, DateTimeOffset at) =>
        state.StatusAt(window, at) == MembershipStatus.Present;

    private void CountEnd(int keyId, DateTimeOffset? until, int expiries)
    {
        if (until is { } end)
        {
            Count(keyId, end, new HourChange(0, 0, expiries, 0));
        }
    }

    private void Count(int keyId, DateTimeOffset at, HourChange change)
    {
        var utc = at.UtcDateTime;
        var hour = new DateTimeOffset(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerHour), TimeSpan.Zero);
        _changes[(keyId, hour)] = _changes.GetValueOrDefault((keyId, hour)) + change;
    }
}
