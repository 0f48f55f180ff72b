using System.Text;
using System.Text.Unicode;

namespace AudienceSync.Host.People;

/// <summary>
/// A text that must be UTF-8, checked while it is read: the first byte that is not UTF-8 ends the reading with the number of its line,
/// before anything of that line is passed on. Reading only.
/// </summary>
internal sealed class Utf8Lines(Stream text) : Stream
{
    private readonly byte[] _open = new byte[4];
    private int _openLength;
    private bool _began;
    private bool _afterReturn;
    private long _line = 1;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="FormatException">Not UTF-8; the message names the line.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var length = await text.ReadAsync(buffer, cancellationToken);
        if (length == 0 && buffer.Length > 0 && _openLength > 0)
        {
            throw Wrong();
        }

        Check(buffer.Span[..length]);
        return length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Check(ReadOnlySpan<byte> bytes)
    {
        if (!_began && bytes.Length > 0)
        {
            _began = true;
            if (bytes[0] is 0xFE or 0xFF)
            {
                throw new FormatException(
                    "The list is UTF-16 or not text: its first line begins with a byte that UTF-8 does not have. Save it as CSV UTF-8."
                );
            }
        }

        bytes = Close(bytes);
        var whole = bytes;
        if (!Utf8.IsValid(bytes))
        {
            whole = bytes[..Valid(bytes)];
            Count(whole);
            Open(bytes[whole.Length..]);
            return;
        }

        Count(whole);
    }

    // The rest of a character that began in the previous chunk.
    private ReadOnlySpan<byte> Close(ReadOnlySpan<byte> bytes)
    {
        while (_openLength > 0 && bytes.Length > 0)
        {
            _open[_openLength++] = bytes[0];
            bytes = bytes[1..];
            switch (Rune.DecodeFromUtf8(_open.AsSpan(0, _openLength), out _, out _))
            {
                case System.Buffers.OperationStatus.Done:
                    _openLength = 0;
                    _afterReturn = false;
                    break;
                case System.Buffers.OperationStatus.NeedMoreData:
                    break;
                default:
                    throw Wrong();
            }
        }

        return bytes;
    }

    // A chunk may end in the middle of a character; a character that cannot be completed is invalid.
    private void Open(ReadOnlySpan<byte> rest)
    {
        if (Rune.DecodeFromUtf8(rest, out _, out _) != System.Buffers.OperationStatus.NeedMoreData)
        {
            throw Wrong();
        }

        rest.CopyTo(_open);
        _openLength = rest.Length;
    }

    private static int Valid(ReadOnlySpan<byte> bytes)
    {
        var index = 0;
        while (index < bytes.Length && Rune.DecodeFromUtf8(bytes[index..], out _, out var length) == System.Buffers.OperationStatus.Done)
        {
            index += length;
        }

        return index;
    }

    private void Count(ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
        {
            _line += one == '\r' || (one == '\n' && !_afterReturn) ? 1 : 0;
            _afterReturn = one == '\r';
        }
    }

    private FormatException Wrong() => new($"Line {_line} is not UTF-8. Save the list as CSV UTF-8; nothing of this line was applied.");
}
