using System.Net;
using System.Net.Sockets;
using System.Text;
using AudienceSync.Connectors.Http;

namespace AudienceSync.Connectors.Tests;

/// <summary>A request as its bytes arrived on the socket.</summary>
internal sealed record WireRequest(string Line, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>An HTTP server of one response on a real socket; it records the requests and closes each connection.</summary>
internal sealed class RecordingServer : IAsyncDisposable
{
    private const int MostConnections = 20;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SocketsHttpHandler _network = PlatformHttp.CreateHandler();
    private readonly Task _serving;

    public RecordingServer(string response)
    {
        _listener.Start();
        _serving = ServeAsync(response);
    }

    public List<WireRequest> Requests { get; } = [];

    public Uri Address => new($"http://{_listener.LocalEndpoint}/");

    public HttpMessageHandler Network => _network;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _network.Dispose();
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task ServeAsync(string response)
    {
        for (var connections = 0; connections < MostConnections; connections++)
        {
            using var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
            await using var stream = client.GetStream();
            Requests.Add(await ReadAsync(stream));
            var head =
                $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {response.Length}\r\nConnection: close\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head + response), _stopping.Token);
        }
    }

    private async Task<WireRequest> ReadAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[64 * 1024];
        int end;
        var deadline = Deadline.In();
        while ((end = text.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            deadline.Check("the head of a request");
            text.Append(Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, _stopping.Token)));
        }

        var lines = text.ToString(0, end).Split("\r\n");
        var headers = lines
            .Skip(1)
            .Select(line => line.Split(": ", 2))
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
        var length = headers.TryGetValue("Content-Length", out var value) ? int.Parse(value) : 0;
        while (text.Length < end + 4 + length)
        {
            deadline.Check("the body of a request");
            text.Append(Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, _stopping.Token)));
        }

        return new WireRequest(lines[0], headers, text.ToString(end + 4, text.Length - end - 4));
    }
}
