using System.Buffers;
using System.IO.Pipelines;
using AudienceSync.Host.Ingest.Reading;
using Microsoft.AspNetCore.Http.Features;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// The raw body of one request in a pooled buffer. It lives until its last owner has disposed of it: see <see cref="AnswerDeadline"/>.
/// </summary>
public sealed class RequestBody : IDisposable
{
    private readonly byte[] _buffer;
    private int _owners = 1;

    private RequestBody(byte[] buffer, int length)
    {
        (_buffer, Length) = (buffer, length);
        Json = Span.StartsWith(ByteOrderMark) ? Memory[ByteOrderMark.Length..] : Memory;
    }

    public int Length { get; }

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, Length);

    /// <summary>
    /// The JSON to read events from: the body after a byte order mark, or the JSON equivalent of a form. The signature covers the body as
    /// received, which is also what is kept.
    /// </summary>
    public ReadOnlyMemory<byte> Json { get; internal set; }

    /// <summary>The fields of a form that could not be read; null when there are none, and for what is not a form.</summary>
    public BodyDefect? Defect { get; internal set; }

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>
    /// Reads to the end, or returns null as soon as the body is known to exceed <paramref name="maxBytes"/>, whatever length it declares.
    /// </summary>
    /// <exception cref="BadHttpRequestException">Its framing is invalid or ambiguous.</exception>
    public static async ValueTask<RequestBody?> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } sizeLimit)
        {
            // The server's limit is for unauthenticated requests, and includes the framing of a chunked body; the limit below is exact.
            sizeLimit.MaxRequestBodySize = null;
        }

        if (request.ContentLength > maxBytes)
        {
            // The server keeps reading for a moment, so that the sender receives the response and not a reset.
            return null;
        }

        while (true)
        {
            var read = await ReadAsync(request.BodyReader, cancellationToken);
            if (read.Buffer.Length > maxBytes)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                return Take(request.BodyReader, read.Buffer);
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>A kept body, as if it had just been read.</summary>
    public static RequestBody Of(ReadOnlySpan<byte> kept)
    {
        var buffer = kept.IsEmpty ? [] : ArrayPool<byte>.Shared.Rent(kept.Length);
        kept.CopyTo(buffer);
        return new RequestBody(buffer, kept.Length);
    }

    /// <summary>Adds an owner: each owner disposes of it once.</summary>
    public RequestBody Retain()
    {
        Interlocked.Increment(ref _owners);
        return this;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _owners) == 0 && _buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer, clearArray: false);
        }
    }

    // The server reports a chunk size that overflows as an arithmetic failure inside an I/O failure.
    private static async ValueTask<ReadResult> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (Exception broken) when (broken is OverflowException or IOException { InnerException: OverflowException })
        {
            throw new BadHttpRequestException("The framing of the body is invalid.", StatusCodes.Status400BadRequest, broken);
        }
    }

    private static RequestBody Take(PipeReader reader, ReadOnlySequence<byte> bytes)
    {
        var length = (int)bytes.Length;
        var buffer = length == 0 ? [] : ArrayPool<byte>.Shared.Rent(length);
        bytes.CopyTo(buffer);
        reader.AdvanceTo(bytes.End);
        return new RequestBody(buffer, length);
    }
}
