using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace AudienceSync.Host.Tests.Ingest.Append;

/// <summary>
/// Sits between a Host and PostgreSQL, and stops forwarding on request: both ends keep their connection and receive nothing, as with a
/// frozen Host or a dead link.
/// </summary>
internal sealed class FreezingRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly EndPoint _server;
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _running = [];
    private readonly TaskCompletionSource _frozen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _left = long.MaxValue;

    private FreezingRelay(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        _server = settings.Host!.StartsWith('/')
            ? new UnixDomainSocketEndPoint($"{settings.Host}/.s.PGSQL.{settings.Port.ToString(CultureInfo.InvariantCulture)}")
            : new DnsEndPoint(settings.Host, settings.Port);
        _listener.Start();
        settings.Host = "127.0.0.1";
        settings.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        ConnectionString = settings.ConnectionString;
    }

    /// <summary>Connects to the same database through the relay.</summary>
    public string ConnectionString { get; }

    /// <summary>Completes when the first byte is held back.</summary>
    public Task Frozen => _frozen.Task;

    public static FreezingRelay Start(string connectionString)
    {
        var relay = new FreezingRelay(connectionString);
        relay._running.Add(relay.AcceptAsync());
        return relay;
    }

    /// <summary>Forwards this many more bytes to the server, and then nothing in either direction.</summary>
    public void FreezeAfter(long bytes) => Volatile.Write(ref _left, bytes);

    public async ValueTask DisposeAsync()
    {
        // May be called twice: a test ends the relay before its last step.
        if (!_end.IsCancellationRequested)
        {
            await _end.CancelAsync();
            _listener.Dispose();
            await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _end.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            var client = await _listener.AcceptSocketAsync(_end.Token);
            var server =
                _server is UnixDomainSocketEndPoint
                    ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                    : new Socket(SocketType.Stream, ProtocolType.Tcp);
            await server.ConnectAsync(_server, _end.Token);
            lock (_running)
            {
                _running.Add(ForwardAsync(client, server, counted: true));
                _running.Add(ForwardAsync(server, client, counted: false));
            }
        }
    }

    private async Task ForwardAsync(Socket from, Socket to, bool counted)
    {
        using (from)
        {
            var buffer = new byte[16 * 1024];
            for (var read = await from.ReceiveAsync(buffer, _end.Token); read > 0; read = await from.ReceiveAsync(buffer, _end.Token))
            {
                var through =
                    counted ? Take(read)
                    : Volatile.Read(ref _left) > 0 ? read
                    : 0;
                for (var sent = 0; sent < through; )
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, through - sent), _end.Token);
                }

                if (through < read)
                {
                    _frozen.TrySetResult();
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _end.Token);
                }
            }

            to.Shutdown(SocketShutdown.Both);
        }
    }

    private int Take(int wanted)
    {
        while (true)
        {
            var left = Volatile.Read(ref _left);
            var through = (int)Math.Min(wanted, left);
            if (left == long.MaxValue || Interlocked.CompareExchange(ref _left, left - through, left) == left)
            {
                return through;
            }
        }
    }
}
