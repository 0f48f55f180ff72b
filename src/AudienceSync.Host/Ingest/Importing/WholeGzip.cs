using System.Buffers.Binary;
using System.IO.Compression;

namespace AudienceSync.Host.Ingest.Importing;

/// <summary>
/// A gzip file that is read to its end: one that was cut off, or is damaged, is an error with a code and never a shorter file. The
/// framework's stream ends silently where a file was cut off, so the trailer is compared at the end. Reading only.
/// </summary>
/// <param name="file">The compressed file.</param>
internal sealed class WholeGzip(FileStream file) : Stream
{
    private const int TrailerBytes = 8;

    private readonly GZipStream _gzip = new(file, CompressionMode.Decompress);
    private long _read;
    private bool _isWhole;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="ImportException">import_not_text</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var length = await _gzip.ReadAsync(buffer, cancellationToken);
            _read += length;
            if (length == 0 && buffer.Length > 0 && !_isWhole)
            {
                _isWhole = await IsWholeAsync(cancellationToken) ? true : throw new InvalidDataException();
            }

            return length;
        }
        catch (InvalidDataException)
        {
            throw new ImportException("import_not_text", "The file is compressed by gzip, and damaged or cut off.");
        }
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

    public override async ValueTask DisposeAsync()
    {
        await _gzip.DisposeAsync();
        await base.DisposeAsync();
    }

    // The trailer has length and checksum of the last member. A file of several members, as parallel compressors write it, is read once
    // more up to the last one.
    private async Task<bool> IsWholeAsync(CancellationToken cancellationToken)
    {
        if (file.Length < TrailerBytes)
        {
            return false;
        }

        var trailer = new byte[TrailerBytes];
        file.Position = file.Length - TrailerBytes;
        await file.ReadExactlyAsync(trailer, cancellationToken);
        var (sum, length) = (BinaryPrimitives.ReadUInt32LittleEndian(trailer), BinaryPrimitives.ReadUInt32LittleEndian(trailer.AsSpan(4)));
        return (uint)_read == length || (length < _read && await SumOfLastAsync(length, cancellationToken) == sum);
    }

    private async Task<uint> SumOfLastAsync(uint length, CancellationToken cancellationToken)
    {
        file.Position = 0;
        await using var again = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        var buffer = new byte[64 * 1024];
        var (skip, sum) = (_read - length, uint.MaxValue);
        while (await again.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            var skipped = (int)Math.Min(skip, read);
            skip -= skipped;
            foreach (var one in buffer.AsSpan(skipped, read - skipped))
            {
                sum = Crc32(sum, one);
            }
        }

        return ~sum;
    }

    private static uint Crc32(uint sum, byte one)
    {
        const uint polynomial = 0xEDB88320;
        sum ^= one;
        for (var bit = 0; bit < 8; bit++)
        {
            sum = (sum >> 1) ^ (polynomial & (0 - (sum & 1)));
        }

        return sum;
    }
}
