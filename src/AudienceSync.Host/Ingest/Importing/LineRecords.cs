using AudienceSync.Domain;

namespace AudienceSync.Host.Ingest.Importing;

/// <summary>
/// Lines of JSON. Blank ones count for nothing. A line is not parsed here: the receiver does that, and one that is not JSON affects only
/// itself.
/// </summary>
/// <param name="text">The file, decompressed; disposed with the records.</param>
internal sealed class LineRecords(Stream text) : IRecords
{
    /// <summary>The code of a line that exceeds a whole batch.</summary>
    public const string TooLong = "line_too_long";

    private const int BufferBytes = 256 * 1024;

    private byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;
    private bool _isAtEnd;
    private bool _isTooLong;

    public long Line { get; private set; }

    public ReadOnlyMemory<byte> Event { get; private set; }

    public string? Problem { get; private set; }

    private static ReadOnlySpan<byte> Blank => " \t\r"u8;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (await NextAsync(cancellationToken) is { } line)
        {
            Line++;
            if (Line == 1 && line.Span.StartsWith(ByteOrderMark))
            {
                line = line[ByteOrderMark.Length..];
            }

            line = line.Trim(Blank);
            if (_isTooLong || line.Length >= Limits.BatchBytes)
            {
                (Event, Problem, _isTooLong) = (default, TooLong, false);
                return true;
            }

            if (!line.IsEmpty)
            {
                // A batch that begins with a bracket would be read as an array, with other events than lines.
                var isArray = line.Span[0] == (byte)'[';
                Event = isArray ? default : line;
                Problem = isArray ? IngestProblem.NotAnEvent.Code : null;
                return true;
            }
        }

        return false;
    }

    public ValueTask DisposeAsync() => text.DisposeAsync();

    // The next line, of one that is too long only the end; null at the end of the file.
    private async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var rest = _buffer.AsMemory(_start, _end - _start);
            var found = rest.Span[searched..].IndexOf((byte)'\n');
            if (found >= 0)
            {
                _start += searched + found + 1;
                return rest[..(searched + found)];
            }

            if (_isAtEnd)
            {
                _start = _end;
                return rest.IsEmpty && !_isTooLong ? (ReadOnlyMemory<byte>?)null : rest;
            }

            searched = rest.Length;
            if (searched > Limits.BatchBytes)
            {
                (_isTooLong, searched, _start) = (true, 0, _end);
            }

            await FillAsync(cancellationToken);
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = await text.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        _isAtEnd = read == 0;
    }
}
