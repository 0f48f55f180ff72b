using System.Buffers;
using System.Net;
using System.Net.Http.Headers;

namespace AudienceSync.Connectors.Http;

/// <summary>
/// A request body in a pooled buffer, sent once per attempt. A call that timed out may still be copying the buffer into its closing
/// connection; such a buffer is left to the garbage collector, because in the pool another call would overwrite it.
/// </summary>
/// <param name="capacity">The most bytes that it takes.</param>
/// <param name="layout">Where it has its members.</param>
internal sealed class RentedBody(int capacity, MemberLayout layout) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly MemberLayout _layout = layout;
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(capacity);
    private int _readers;

    public int Length { get; set; }

    public Span<byte> Span => _buffer;

    /// <summary>A body for one attempt.</summary>
    public HttpContent ToContent() => new Content(this);

    public void Dispose()
    {
        lock (_gate)
        {
            if (_buffer is not null && _readers == 0)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
            }

            _buffer = null;
        }
    }

    private ReadOnlyMemory<byte> BeginReading()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_buffer is null, this);
            _readers++;
            return _buffer.AsMemory(0, Length);
        }
    }

    private void EndReading()
    {
        lock (_gate)
        {
            _readers--;
        }
    }

    internal sealed class Content : HttpContent
    {
        private readonly RentedBody _body;

        public Content(RentedBody body)
        {
            _body = body;
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        public MemberLayout Layout => _body._layout;

        /// <summary>The bytes to be sent. Only for reading before they are sent, while the caller holds the body.</summary>
        public ReadOnlyMemory<byte> Written => _body._buffer.AsMemory(0, _body.Length);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            var bytes = _body.BeginReading();
            await stream.WriteAsync(bytes, cancellationToken);

            // Not in a finally: a write that failed may still hold the buffer.
            _body.EndReading();
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _body.Length;
            return true;
        }
    }
}
