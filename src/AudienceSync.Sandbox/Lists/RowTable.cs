namespace AudienceSync.Sandbox.Lists;

/// <summary>
/// Counts, for each row that was added, how many of its digests are still in the list: one byte a row. A row without
/// digests is free for reuse, so the table grows with the people in the list and not with the calls made.
/// </summary>
internal sealed class RowTable
{
    private readonly Stack<int> free = [];
    private byte[] digestsOf = new byte[64];
    private int used;

    /// <summary>Rows with at least one digest left.</summary>
    public int Live { get; private set; }

    public int Open()
    {
        if (free.TryPop(out var row))
        {
            return row;
        }

        if (used == digestsOf.Length)
        {
            Array.Resize(ref digestsOf, used * 2);
        }

        return used++;
    }

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
}
