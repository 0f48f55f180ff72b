namespace AudienceSync.Sandbox.Lists;

/// <summary>
/// Counts, for each added row, how many of its digests are still in the list: one byte per row, and when it was added. A row without
/// digests can be reused, so the table grows with the number of people in the list and not with the number of calls.
/// </summary>
internal sealed class RowTable
{
    private readonly Stack<int> free = [];
    private byte[] digestsOf = new byte[64];
    private long[] addedAt = new long[64];
    private int used;

    /// <summary>Rows with at least one digest left.</summary>
    public int Live { get; private set; }

    /// <param name="at">UTC ticks.</param>
    public int Open(long at)
    {
        if (!free.TryPop(out var row))
        {
            row = Allocate();
        }

        addedAt[row] = at;
        return row;
    }

    public long AddedAt(int row) => addedAt[row];

    public void Retain(int row)
    {
        if (digestsOf[row]++ == 0)
        {
            Live++;
        }
    }

    public void Release(int row)
    {
        if (--digestsOf[row] == 0)
        {
            Live--;
            free.Push(row);
        }
    }

    private int Allocate()
    {
        if (used == digestsOf.Length)
        {
            Array.Resize(ref digestsOf, used * 2);
            Array.Resize(ref addedAt, used * 2);
        }

        return used++;
    }
}
