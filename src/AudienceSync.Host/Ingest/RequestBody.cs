using System.Buffers;
using System.IO.Pipelines;
using AudienceSync.Domain;
using Microsoft.AspNetCore.Http.Features;

namespace AudienceSync.Host.Ingest;

/// <summary>The raw body of one request in a pooled buffer, which must live until the log has answered.</summary>
public sealed class RequestBody : IDisposable
{
    private byte[] _buffer;

    private RequestBody(byte[] buffer, int length) => (_buffer, Length) = (buffer, length);

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, Length);

    /// <summary>Reads to the end, or null as soon as the body is known to exceed <see cref="Limits.BodyBytes"/>, whatever its length claims.</summary>
    public static async ValueTask<RequestBody?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > Limits.BodyBytes)
        {
            return null;
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } most)
        {
            // The server's limit is for those who have no token, and counts a chunked body's framing; the one below is exact.
            most.MaxRequestBodySize = null;
        }

        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > Limits.BodyBytes)
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

    /// <summary>A body that was kept, as if it had just been read.</summary>
    public static RequestBody Of(ReadOnlySpan<byte> kept)
    {
        var buffer = kept.IsEmpty ? [] : ArrayPool<byte>.Shared.Rent(kept.Length);
        kept.CopyTo(buffer);
        return new RequestBody(buffer, kept.Length);
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer, clearArray: false);
            _buffer = [];
            Length = 0;
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
