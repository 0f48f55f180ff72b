namespace AudienceSync.Domain.Syncing;

/// <summary>
/// Counts calls in a sliding window, in slots of a twentieth of it. A slot counts until all of it has left the window, so the count is
/// never too low: at most a twentieth of a window's calls are counted a little longer than necessary. Not safe for concurrent use.
/// </summary>
/// <param name="calls">Calls allowed in any window.</param>
/// <param name="length">The length of the window.</param>
public sealed class SlidingWindow(int calls, TimeSpan length)
{
    private const int Slots = 20;

    private readonly SortedDictionary<long, int> _calls = [];
    private readonly long _slotTicks = length.Ticks / Slots;

    public int Calls => calls;

    public TimeSpan Length => length;

    public long SlotOf(DateTimeOffset now) => now.UtcTicks / _slotTicks;

    /// <summary>The first slot that still counts.</summary>
    public long OldestOf(DateTimeOffset now) => (now - length).UtcTicks / _slotTicks;

    public int Used(DateTimeOffset now)
    {
        var oldest = OldestOf(now);
        while (_calls.Count > 0 && _calls.First().Key < oldest)
        {
            _calls.Remove(_calls.First().Key);
        }

        return _calls.Values.Sum();
    }

    /// <returns>Calls in the slot, including these.</returns>
    public int Add(long slot, int count) => _calls[slot] = _calls.GetValueOrDefault(slot) + count;

    /// <summary>How long until fewer calls than this are counted; zero when that is already so.</summary>
    public TimeSpan Until(DateTimeOffset now, int fewerThan)
    {
        var used = Used(now);
        foreach (var (slot, count) in _calls)
        {
            if (used < fewerThan)
            {
                break;
            }

            used -= count;
            if (used < fewerThan)
            {
                return new DateTimeOffset(((slot + 1) * _slotTicks) + length.Ticks, TimeSpan.Zero) - now;
            }
        }

        return TimeSpan.Zero;
    }
}
