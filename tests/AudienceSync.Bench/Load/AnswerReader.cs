using System.Buffers.Text;
using System.Text;

namespace AudienceSync.Bench.Load;

/// <summary>
/// Splits the bytes from a socket, in whatever pieces they arrive, into HTTP/1.1 responses. It reads the status and finds the end of the
/// body; the load needs nothing else of a response.
/// </summary>
internal sealed class AnswerReader
{
    private const int LargestAnswer = 64 * 1024;
    private readonly byte[] _buffer = new byte[LargestAnswer];
    private int _start;
    private int _end;

    /// <summary>Where the next bytes from the socket go.</summary>
    public Memory<byte> Free => _buffer.AsMemory(_end);

    public void Received(int count) => _end += count;

    public void Reset() => _start = _end = 0;

    /// <summary>Takes one complete response off the front; false when more bytes are needed.</summary>
    /// <exception cref="InvalidDataException">The bytes are not an HTTP/1.1 response, or it is over 64 KiB.</exception>
    public bool TryTake(out int status)
    {
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(_start, _end - _start);
        int length = 0;
        status = 0;
        int head = bytes.IndexOf("\r\n\r\n"u8);
        if (head < 0 || (length = LengthOf(bytes, head)) < 0 || length > bytes.Length)
        {
            EnsureCapacity();
            return false;
        }

        status = StatusOf(bytes);
        _start += length;
        if (_start == _end)
        {
            Reset();
        }

        return true;
    }

    private void EnsureCapacity()
    {
        if (_end < _buffer.Length)
        {
            return;
        }

        if (_start == 0)
        {
            throw new InvalidDataException("A response is longer than 64 KiB.");
        }

        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
    }

    private static int StatusOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("HTTP/1.1 "u8) && Utf8Parser.TryParse(bytes.Slice(9, 3), out int status, out int used) && used == 3)
        {
            return status;
        }

        throw new InvalidDataException("The response does not begin with an HTTP/1.1 status line.");
    }

    /// <summary>Bytes of head and body together; -1 when a chunked body is not complete.</summary>
    private static int LengthOf(ReadOnlySpan<byte> bytes, int head)
    {
        int body = head + 4;
        ReadOnlySpan<byte> lines = bytes[..(head + 2)];
        for (int next = lines.IndexOf("\r\n"u8); next >= 0; next = lines.IndexOf("\r\n"u8))
        {
            ReadOnlySpan<byte> line = lines[..next];
            if (HasName(line, "content-length:"u8))
            {
                return Utf8Parser.TryParse(line[15..].TrimStart((byte)' '), out int length, out _)
                    ? body + length
                    : throw new InvalidDataException("The response's Content-Length is not a number.");
            }

            if (HasName(line, "transfer-encoding:"u8))
            {
                return EndOfChunks(bytes, body);
            }

            lines = lines[(next + 2)..];
        }

        return body;
    }

    private static bool HasName(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        line.Length > name.Length && Ascii.EqualsIgnoreCase(line[..name.Length], name);

    private static int EndOfChunks(ReadOnlySpan<byte> bytes, int at)
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = bytes[at..];
            int line = rest.IndexOf("\r\n"u8);
            if (line < 0)
            {
                return -1;
            }

            if (!Utf8Parser.TryParse(rest[..line], out int size, out _, 'x'))
            {
                throw new InvalidDataException("A chunk of the response has no size.");
            }

            at += line + 2 + size + 2;
            if (size == 0 || at > bytes.Length)
            {
                return at > bytes.Length ? -1 : at;
            }
        }
    }
}
