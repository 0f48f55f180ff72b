using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AudienceSync.Bench.Load;

namespace AudienceSync.Bench.Decide;

/// <summary>
/// Sends requests at a fixed rate over many connections, whether the answers come or not: each request has the moment at which it is due,
/// and its latency counts from there, so that a server that stops for a second is seen in every request of that second.
/// </summary>
internal sealed class OpenLoop(string address, int rate, TimeProvider clock)
{
    private const int Connections = 64;

    private readonly IPEndPoint _server = IPEndPoint.Parse(address);

    /// <summary>Sends for some seconds.</summary>
    /// <param name="seconds">How long.</param>
    /// <param name="writers">The next request of each connection.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<OpenLoopResult> RunAsync(int seconds, Func<int, Func<ReadOnlyMemory<byte>>> writers, CancellationToken cancel)
    {
        long started = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 10);
        OpenLoopResult[] results = await Task.WhenAll(
            Enumerable.Range(0, Connections).Select(number => SendAsync(number, writers(number), started, seconds, cancel))
        );
        var sum = new OpenLoopResult();
        Array.ForEach(results, sum.Add);
        return sum;
    }

    private async Task<OpenLoopResult> SendAsync(
        int number,
        Func<ReadOnlyMemory<byte>> next,
        long started,
        int seconds,
        CancellationToken cancel
    )
    {
        var result = new OpenLoopResult();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_server, cancel);
        var answers = new AnswerReader();
        for (long request = number; request < (long)rate * seconds; request += Connections)
        {
            long due = started + (request * Stopwatch.Frequency / rate);
            TimeSpan wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, clock, cancel);
            }

            await socket.SendAsync(next(), SocketFlags.None, cancel);
            int status;
            while (!answers.TryTake(out status))
            {
                int count = await socket.ReceiveAsync(answers.Free, SocketFlags.None, cancel);
                if (count == 0)
                {
                    throw new BenchFailedException("The Host closed a connection.");
                }

                answers.Received(count);
            }

            result.Record(status, (long)Stopwatch.GetElapsedTime(due).TotalMicroseconds);
        }

        return result;
    }
}
