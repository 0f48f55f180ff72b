using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace AudienceSync.Bench.Load;

/// <summary>
/// One keep-alive connection in a closed loop: the next event is sent when the last one has its final response. Like a journey, it resends
/// the same event after a lost connection or a 5xx, so each event ends with exactly one final response and the count of accepted events can
/// be compared with the log.
/// </summary>
internal sealed class LoadConnection(LoadPlan plan, int number, LoadPhase phase, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(30);
    private readonly IPEndPoint _server = IPEndPoint.Parse(plan.Address);
    private readonly WebhookWriter _webhooks = new(plan, number, clock);
    private readonly AnswerReader _answers = new();
    private Socket? _socket;

    public LatencyHistogram Latencies { get; } = new();

    public long[] Statuses { get; } = new long[600];

    public long Accepted { get; private set; }

    public long Measured2xx { get; private set; }

    public long Unanswered { get; private set; }

    public long Drops { get; private set; }

    public long BodyBytes => _webhooks.BodyBytes;

    /// <summary>Runs until the phase is stopped and the last event has its response.</summary>
    public async Task RunAsync()
    {
        await ConnectAsync();
        while (!phase.Stopped)
        {
            ReadOnlyMemory<byte> request = _webhooks.Next();
            long started = Stopwatch.GetTimestamp();
            int status = 0;
            try
            {
                _socket!.Send(request.Span);
                while (!_answers.TryTake(out status) && await FillAsync()) { }
            }
            catch (SocketException)
            {
                status = 0;
            }

            status = IsFinal(status) ? status : await ResendAsync(request, status, started);
            Record(status, started);
        }
    }

    /// <summary>Ends the wait for a response that does not arrive; the event counts as unanswered.</summary>
    public void GiveUp()
    {
        if (_socket is { Connected: true } socket)
        {
            socket.Shutdown(SocketShutdown.Both);
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _webhooks.Dispose();
    }

    // Pooled: the socket is always empty here, so every call suspends, and the default builder would allocate each time.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FillAsync()
    {
        int count = await _socket!.ReceiveAsync(_answers.Free, SocketFlags.None);
        _answers.Received(count);
        return count > 0;
    }

    private static bool IsFinal(int status) => status is > 0 and < 500;

    private void Record(int status, long started)
    {
        if (status == 0)
        {
            Unanswered++;
            return;
        }

        Statuses[status]++;
        bool accepted = plan.EventsPerRequest == 1 ? status is >= 200 and < 300 : status == 200;
        int events = accepted ? plan.EventsPerRequest : 0;
        Accepted += events;
        if (phase.Measuring)
        {
            Measured2xx += events;
            Latencies.Record((Stopwatch.GetTimestamp() - started) / (Stopwatch.Frequency / 1_000_000));
        }
    }

    private async Task<int> ResendAsync(ReadOnlyMemory<byte> request, int status, long started)
    {
        while (!IsFinal(status) && Stopwatch.GetElapsedTime(started) < GiveUpAfter)
        {
            if (status > 0)
            {
                Statuses[status]++;
            }

            await Task.Delay(RetryPause, clock);
            status = await TryOnceAsync(request, reconnect: status == 0);
        }

        return IsFinal(status) ? status : 0;
    }

    private async Task<int> TryOnceAsync(ReadOnlyMemory<byte> request, bool reconnect)
    {
        try
        {
            if (reconnect)
            {
                Drops++;
                await ConnectAsync();
            }

            _socket!.Send(request.Span);
            int status;
            while (!_answers.TryTake(out status) && await FillAsync()) { }

            return status;
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private async Task ConnectAsync()
    {
        _socket?.Dispose();
        _answers.Reset();
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync(_server);
    }
}
