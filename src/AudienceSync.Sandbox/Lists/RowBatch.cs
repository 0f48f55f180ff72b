using System.Buffers;

namespace AudienceSync.Sandbox.Lists;

/// <summary>One usable cell of an upload.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential)]
internal readonly record struct Cell(Digest Digest, int Row, byte Column);

/// <summary>
/// The usable cells of one upload, in row order, in a pooled array. <see cref="Columns"/> contains the key of each column.
/// </summary>
internal sealed class RowBatch : IDisposable
{
    private Cell[] cells = ArrayPool<Cell>.Shared.Rent(4_096);
    private int start;
    private int end;

    public IReadOnlyList<string> Columns { get; set; } = [];

    public ReadOnlySpan<Cell> Cells => cells.AsSpan(start, end - start);

    public void Add(Digest digest, int row, byte column)
    {
        if (end == cells.Length)
        {
            var larger = ArrayPool<Cell>.Shared.Rent(end * 2);
            cells.AsSpan(0, end).CopyTo(larger);
            ArrayPool<Cell>.Shared.Return(cells);
            cells = larger;
        }

        cells[end++] = new Cell(digest, row, column);
    }

    public void DropFirstRow()
    {
        while (start < end && cells[start].Row == 0)
        {
            start++;
        }
    }

    /// <summary>Keeps the rows before the given one.</summary>
    public void KeepRowsBefore(int row)
    {
        while (end > start && cells[end - 1].Row >= row)
        {
            end--;
        }
    }

    public void Dispose()
    {
        var returned = cells;
        cells = [];
        start = end = 0;
        if (returned.Length > 0)
        {
            ArrayPool<Cell>.Shared.Return(returned);
        }
    }
}
