using System.Net.Sockets;
using System.Text;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Requests;

/// <summary>A connection that sends what no client would send. Whatever it waits for has an end.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TcpClient _client = new();
    private readonly CancellationTokenSource _deadline = new(Patience);

    public static async Task<RawConnection> OpenAsync(Uri address)
    {
        var connection = new RawConnection();
        await connection._client.ConnectAsync(address.Host, address.Port, connection._deadline.Token);
        return connection;
    }

    public static Task<RawConnection> OpenAsync(TestHost host) => OpenAsync(host.Http.BaseAddress!);

    public void Dispose()
    {
        _client.Dispose();
        _deadline.Dispose();
    }

    /// <summary>False when the other side is gone.</summary>
    public async Task<bool> TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _client.GetStream().WriteAsync(bytes, _deadline.Token);
            return true;
        }
        catch (IOException)
        {
            return false; // Closed by the server, which is what these tests look for.
        }
    }

    public Task<bool> TrySendAsync(string text) => TrySendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>What comes first; empty when the connection ends without a byte.</summary>
    public async Task<string> ReadAsync()
    {
        var buffer = new byte[16 * 1024];
        try
        {
            var length = await _client.GetStream().ReadAsync(buffer, _deadline.Token);
            return Encoding.Latin1.GetString(buffer, 0, length);
        }
        catch (IOException)
        {
            return ""; // Reset.
        }
    }

    /// <summary>What comes up to a text and with it, in however many pieces; all that came when it never does.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        var all = new StringBuilder();
        var deadline = Deadline.In();
        while (!all.ToString().Contains(text, StringComparison.Ordinal) && await ReadAsync() is { Length: > 0 } piece)
        {
            deadline.Check(text);
            all.Append(piece);
        }

        return all.ToString();
    }

    /// <summary>Waits until the server closes it.</summary>
    public async Task<bool> EndsAsync()
    {
        var deadline = Deadline.In();
        while ((await ReadAsync()).Length > 0)
        {
            // The rest of an answer.
            deadline.Check("the end of the connection");
        }

        return true;
    }
}
