using System.Buffers.Binary;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>
/// Rows of a binary COPY as spans over one buffer, without a copy or an object per row. The format is PostgreSQL's (documentation of COPY,
/// "Binary Format"): a header of 19 bytes, then rows of a column count and length-prefixed columns, big-endian, and -1 at the end.
/// </summary>
internal sealed class CopyTuples(Stream stream)
{
    private const int HeaderBytes = 19;

    private byte[] _buffer = new byte[1 << 18];
    private int _start;
    private int _end;
    private bool _began;
    private (int At, int Length)[] _columns = [];
    private int _tuple;

    /// <summary>Moves to the next row. False at the end.</summary>
    public bool Next()
    {
        if (!_began)
        {
            Fill(HeaderBytes);
            _start += HeaderBytes;
            _began = true;
        }

        Fill(2);
        var count = BinaryPrimitives.ReadInt16BigEndian(_buffer.AsSpan(_start));
        if (count < 0)
        {
            return false;
        }

        if (_columns.Length != count)
        {
            _columns = new (int, int)[count];
        }

        var at = 2;
        for (var n = 0; n < count; n++)
        {
            Fill(at + 4);
            var length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start + at));
            at += 4;
            _columns[n] = (at, length);
            at += Math.Max(0, length);
        }

        Fill(at);
        _tuple = _start;
        _start += at;
        return true;
    }

    public bool IsNull(int column) => _columns[column].Length < 0;

    public ReadOnlySpan<byte> Bytes(int column) => _buffer.AsSpan(_tuple + _columns[column].At, _columns[column].Length);

    /// <summary>The row as received, including column count and lengths.</summary>
    public ReadOnlySpan<byte> Whole() => _buffer.AsSpan(_tuple, _start - _tuple);

    public short Int16(int column) => BinaryPrimitives.ReadInt16BigEndian(Bytes(column));

    public int Int32(int column) => BinaryPrimitives.ReadInt32BigEndian(Bytes(column));

    public long Int64(int column) => BinaryPrimitives.ReadInt64BigEndian(Bytes(column));

    public Guid Uuid(int column) => new(Bytes(column), bigEndian: true);

    public DateTimeOffset Time(int column) => CopyTime.Of(Int64(column));

    public DateTimeOffset? TimeOrNull(int column) => IsNull(column) ? null : Time(column);

    // Reads until at least this many bytes from the start of the row are in the buffer.
    private void Fill(int bytes)
    {
        if (_end - _start >= bytes)
        {
            return;
        }

        if (_buffer.Length - _start < bytes || _start > _buffer.Length / 2)
        {
            var target = bytes > _buffer.Length ? new byte[Math.Max(bytes, _buffer.Length * 2)] : _buffer;
            Buffer.BlockCopy(_buffer, _start, target, 0, _end - _start);
            (_buffer, _end, _start) = (target, _end - _start, 0);
        }

        while (_end - _start < bytes)
        {
            var read = stream.Read(_buffer.AsSpan(_end));
            _end += read > 0 ? read : throw new EndOfStreamException("A COPY ended in the middle of a row.");
        }
    }
}
