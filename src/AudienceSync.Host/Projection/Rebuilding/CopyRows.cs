using System.Buffers.Binary;
using System.Text;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>Writes rows of a binary COPY through one buffer. See <see cref="CopyTuples"/> for the format.</summary>
internal sealed class CopyRows(Stream stream)
{
    private const int FlushBytes = 1 << 16;

    private byte[] _buffer = new byte[2 * FlushBytes];
    private int _end;
    private int _row;

    public void Begin()
    {
        ReadOnlySpan<byte> signature = [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', 10, 255, 13, 10, 0];
        signature.CopyTo(Take(signature.Length));
        Take(8).Clear();
    }

    public void Row(short columns)
    {
        _row = _end;
        BinaryPrimitives.WriteInt16BigEndian(Take(2), columns);
    }

    public void Null() => BinaryPrimitives.WriteInt32BigEndian(Take(4), -1);

    public void Int16(short value)
    {
        Length(2);
        BinaryPrimitives.WriteInt16BigEndian(Take(2), value);
    }

    public void Int32(int value)
    {
        Length(4);
        BinaryPrimitives.WriteInt32BigEndian(Take(4), value);
    }

    public void Int64(long value)
    {
        Length(8);
        BinaryPrimitives.WriteInt64BigEndian(Take(8), value);
    }

    public void Bool(bool value)
    {
        Length(1);
        Take(1)[0] = value ? (byte)1 : (byte)0;
    }

    public void Uuid(Guid value)
    {
        Length(16);
        value.TryWriteBytes(Take(16), bigEndian: true, out _);
    }

    public void Time(DateTimeOffset? value)
    {
        if (value is { } time)
        {
            Int64(CopyTime.Of(time));
        }
        else
        {
            Null();
        }
    }

    /// <summary>jsonb, whose binary form is a version and the text.</summary>
    public void Json(string? json)
    {
        if (json is null)
        {
            Null();
            return;
        }

        Length(Encoding.UTF8.GetByteCount(json) + 1);
        Take(1)[0] = 1;
        Text(json);
    }

    /// <summary>text[]: dimensions, no nulls, element type 25, then the dimension's size and lower bound, then the elements.</summary>
    public void Texts(string[]? values)
    {
        if (values is null)
        {
            Null();
            return;
        }

        Length(20 + values.Sum(value => 4 + Encoding.UTF8.GetByteCount(value)));
        foreach (var number in new[] { 1, 0, 25, values.Length, 1 })
        {
            BinaryPrimitives.WriteInt32BigEndian(Take(4), number);
        }

        foreach (var value in values)
        {
            Length(Encoding.UTF8.GetByteCount(value));
            Text(value);
        }
    }

    /// <summary>The row since <see cref="Row"/>. Must be read before <see cref="End"/>.</summary>
    public ReadOnlySpan<byte> Whole() => _buffer.AsSpan(_row, _end - _row);

    /// <summary>Ends a row. Flushes when the buffer is full enough.</summary>
    public void End()
    {
        if (_end >= FlushBytes)
        {
            Flush();
        }
    }

    public void Finish()
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(2), -1);
        Flush();
    }

    private void Length(int bytes) => BinaryPrimitives.WriteInt32BigEndian(Take(4), bytes);

    private void Text(string text) => Encoding.UTF8.GetBytes(text, Take(Encoding.UTF8.GetByteCount(text)));

    private void Flush()
    {
        stream.Write(_buffer.AsSpan(0, _end));
        _end = 0;
    }

    private Span<byte> Take(int bytes)
    {
        if (_buffer.Length - _end < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _end + bytes));
        }

        var taken = _buffer.AsSpan(_end, bytes);
        _end += bytes;
        return taken;
    }
}
