using System.Threading.Channels;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Decisions;

/// <summary>
/// Collects decisions, and writes them once a second: an answer never waits for its own log. What was not written when the process dies is
/// lost, and so is what does not fit while storage is down; the latter is counted (<see cref="DecisionMetrics"/>).
/// </summary>
internal sealed class DecisionLog(DecisionLogStore store, DecisionMetrics? metrics, TimeProvider clock, ILogger<DecisionLog> logger)
{
    /// <summary>Decisions that wait to be written: ten seconds at 2,000 a second.</summary>
    internal const int MostWaiting = 20_000;

    private const int MostInStatement = 5_000;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan EnsureEvery = TimeSpan.FromHours(1);

    private readonly Channel<DecisionRecord> _waiting = Channel.CreateBounded<DecisionRecord>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
    );

    private readonly List<DecisionRecord> _taken = [];
    private long? _ensuredAt;

    /// <summary>Remembers a decision. Never waits.</summary>
    public void Add(DecisionRecord decision)
    {
        metrics?.Count(decision);
        if (!_waiting.Writer.TryWrite(decision))
        {
            metrics?.CountLost();
        }
    }

    /// <summary>Writes until it is canceled, and then what is left.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await new RetryLoop("Log of decisions", clock, logger).RunAsync(FlushAndRestAsync, cancellationToken);
        try
        {
            await FlushAsync(CancellationToken.None);
        }
        catch (Exception failure) when (OutageLog.IsStorage(failure))
        {
            logger.LogWarning("The last decisions were not logged: {Failure}", OutageLog.Describe(failure));
        }
    }

    private async Task<TimeSpan> FlushAndRestAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        return Every;
    }

    /// <summary>Writes what waits. What a failed attempt took is written by the next.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_ensuredAt is not { } ensured || clock.GetElapsedTime(ensured) >= EnsureEvery)
        {
            await store.EnsureAsync(cancellationToken);
            _ensuredAt = clock.GetTimestamp();
        }

        while (true)
        {
            while (_taken.Count < MostInStatement && _waiting.Reader.TryRead(out var next))
            {
                _taken.Add(next);
            }

            if (_taken.Count == 0)
            {
                return;
            }

            await store.WriteAsync(_taken, cancellationToken);
            _taken.Clear();
        }
    }
}
