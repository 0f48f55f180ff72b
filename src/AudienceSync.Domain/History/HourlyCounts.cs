using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.History;

/// <summary>
/// Counts who comes and goes, by the hour in which we heard of it. It looks at each event alone, in the order of the log, with the time at which
/// it was recorded as its clock, so how the log is cut into pages and when they are read plays no part: the counts follow from log and windows.
/// <para>
/// <b>Expiries</b> are booked with the add, at the hour in which the window will end. What is heard before that hour and changes the end takes the
/// booking back first. So nobody has to watch the clock, and a count of an hour yet to come says how many will go then.
/// </para>
/// <para>
/// <b>Size</b> of a key at the end of an hour: everything up to it, adds less removes, expiries and joined. It is the number of people that a list as of then has by
/// what we knew, the barred included.
/// </para>
/// </summary>
public sealed class HourlyCounts
{
    private readonly Dictionary<(int KeyId, DateTimeOffset Hour), HourChange> _changes = [];

    /// <summary>What was counted since <see cref="Clear"/>, hours without change left out.</summary>
    public IEnumerable<(int KeyId, DateTimeOffset Hour, HourChange Change)> Changes =>
        _changes.Where(one => !one.Value.IsNothing).Select(one => (one.Key.KeyId, one.Key.Hour, one.Value));

    public void Clear() => _changes.Clear();

    /// <summary>Somebody was told something of a key.</summary>
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

    /// <summary>Some people turned out to be others: what each was before, and is after.</summary>
    public void Join(int keyId, TimeSpan? window, IEnumerable<MembershipState> before, IEnumerable<MembershipState> after, DateTimeOffset recordedAt)
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

    private static bool IsIn(MembershipState state, TimeSpan? window, DateTimeOffset at) => state.StatusAt(window, at) == MembershipStatus.Present;

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
