using System.Net.Http.Headers;

namespace AudienceSync.Connectors.Http;

/// <summary>A response, read to its end or to <see cref="MaxBodyBytes"/>.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Headers">As received.</param>
/// <param name="Body">Empty when <paramref name="TooLarge"/>.</param>
/// <param name="TooLarge">The body did not end within <see cref="MaxBodyBytes"/>.</param>
internal sealed record PlatformAnswer(int Status, HttpResponseHeaders Headers, ReadOnlyMemory<byte> Body, bool TooLarge)
{
    /// <summary>The longest documented response contains 100 samples; a longer one is not a valid response.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    private const int FirstBufferBytes = 4 * 1024;

    /// <summary>Reads and disposes the response.</summary>
    public static async ValueTask<PlatformAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            var (body, tooLarge) = await ReadBodyAsync(response.Content, cancellationToken);
            ExchangeRecorder.Current?.Answered(response, body.Span, tooLarge);
            return new PlatformAnswer((int)response.StatusCode, response.Headers, body, tooLarge);
        }
    }

    /// <summary>How long the server requests us to wait by Retry-After; null when the header is missing or cannot be parsed.</summary>
    public TimeSpan? RetryAfter(DateTimeOffset now)
    {
        var header = Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date - now);
        return wait > TimeSpan.Zero ? wait : null;
    }

    private static async ValueTask<(ReadOnlyMemory<byte> Body, bool TooLarge)> ReadBodyAsync(
        HttpContent content,
        CancellationToken cancellationToken
    )
    {
        if (content.Headers.ContentLength > MaxBodyBytes)
        {
            return (default, true);
        }

        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[FirstBufferBytes];
        var length = 0;
        int read;
        while ((read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
        {
            length += read;
            if (length > MaxBodyBytes)
            {
                return (default, true);
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(length * 4, MaxBodyBytes + 1));
            }
        }

        return (buffer.AsMemory(0, length), false);
    }
}
