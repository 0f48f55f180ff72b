using System.Net.Sockets;
using System.Text;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Requests;

/// <summary>A connection for bytes that no HTTP client would send. All waits have a time limit.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    private readonly TcpClient _client = new();
    private readonly CancellationTokenSource _deadline = new(TimeLimit);

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

    /// <summary>Sends bytes. Returns false when the server has closed the connection.</summary>
    public async Task<bool> TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _client.GetStream().WriteAsync(bytes, _deadline.Token);
            return true;
        }
        catch (IOException)
        {
            return false; // Closed by the server, which is what these tests check.
        }
    }

    public Task<bool> TrySendAsync(string text) => TrySendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Returns the next bytes; empty when the connection ends without any.</summary>
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

    /// <summary>Reads up to and including a text, in any number of pieces; returns everything received if the text never arrives.</summary>
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

    /// <summary>Waits until the server closes the connection.</summary>
    public async Task<bool> EndsAsync()
    {
        var deadline = Deadline.In();
        while ((await ReadAsync()).Length > 0)
        {
            // The rest of a response.
            deadline.Check("the end of the connection");
        }

        return true;
    }
}
