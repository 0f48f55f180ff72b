using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AudienceSync.Bench.Load;

namespace AudienceSync.Bench.Decide;

/// <summary>Latencies and answers of an open loop.</summary>
internal sealed class OpenLoopResult
{
    private readonly LatencyHistogram _latencies = new();

    public long Sent => _latencies.Count;

    /// <summary>Answers other than 2xx.</summary>
    public long Errors { get; private set; }

    public double Ms(double share) => Math.Round(_latencies.PercentileMicros(share) / 1000.0, 2);

    public void Record(int status, long micros)
    {
        Errors += status is >= 200 and < 300 ? 0 : 1;
        _latencies.Record(micros);
    }

    public void Add(OpenLoopResult other)
    {
        Errors += other.Errors;
        _latencies.Add(other._latencies);
    }
}
