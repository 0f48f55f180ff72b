using System.Net.Sockets;
using System.Text;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>Sends raw bytes on a connection, for requests that no HTTP client would send.</summary>
internal static class RawRequest
{
    /// <summary>
    /// Sends the text after the request line, the host, the token and <c>Connection: close</c>. Returns the response up to the end of its
    /// JSON, because a server that left a body unread resets the connection after it.
    /// </summary>
    public static async Task<string> SendAsync(TestHost host, string rest)
    {
        var address = host.Http.BaseAddress!;
        using var connection = new TcpClient();
        await connection.ConnectAsync(address.Host, address.Port);
        await using var stream = connection.GetStream();
        var head =
            $"POST {WebhookEndpoint.Path} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n"
            + $"Authorization: Bearer {TestHostFiles.UnsignedToken}\r\nContent-Type: application/json\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head + rest));
        var buffer = new byte[4096];
        var length = 0;
        using var timeout = new CancellationTokenSource(Deadline.Longest);
        while (length == 0 || buffer[length - 1] != '}')
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), timeout.Token);
            read.ShouldBeGreaterThan(0, "the connection ended without a response");
            length += read;
        }

        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
