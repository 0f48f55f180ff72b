using System.Threading.Channels;
using AudienceSync.Domain;
using AudienceSync.Host.Telemetry;
using Npgsql;

namespace AudienceSync.Host.Storage.Log;

/// <summary>
/// Gathers concurrent requests into one commit. While one commit is under way the next one fills; the busier it is, the larger the commits
/// and the cheaper each event. A lone request waits for nobody.
/// <para>
/// <b>States of a request:</b> queued, in a commit, settled. It is settled exactly once, after the commit's answer or when storage would not
/// take it. A queue that is full refuses at once, so a sender is never left to wait for its own time-out.
/// </para>
/// <para>
/// <b>Failures.</b> A broken connection is tried once more with the same ids, on a fresh one, because after a restart of the server the first
/// use of a connection fails by design and because the commit may have happened. A row that the database cannot store would fail every
/// commit it is in, so a batch refused for its content is halved until the bad request stands alone, and only that one is unstorable.
/// The append lock that another holds for too long is waited for again, for longer than a sender waits (<see cref="AppendLock"/>): what commits late
/// is a duplicate to the sender's retry.
/// </para>
/// </summary>
public sealed class GroupCommit(EventLog log, Wake projector, TimeProvider clock, ILogger<GroupCommit> logger)
{
    /// <summary>Events in one commit at most: enough to make its fixed cost vanish, few enough to keep its latency small.</summary>
    public const int EventsPerCommit = 1_000;

    private static readonly TimeSpan RefusedFor = TimeSpan.FromSeconds(10);

    private readonly Channel<PendingRequest> _queue = Channel.CreateUnbounded<PendingRequest>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = false });

    private readonly OutageLog _outage = new("Ingest", clock, logger);
    private int _queuedEvents;
    private Task _settling = Task.CompletedTask;
    private long _oldestAt;
    private long _refusedAt;

    /// <summary>Events that wait.</summary>
    public int QueuedEvents => Volatile.Read(ref _queuedEvents);

    /// <summary>How long the oldest request has waited for its commit, which is under way; zero when none is.</summary>
    public TimeSpan OldestWaiting => Volatile.Read(ref _oldestAt) is var since and not 0 ? clock.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>
    /// Whether storage answered and would not take the last commit, as with a full disk, within the last ten seconds. Afterwards only a new request can tell.
    /// </summary>
    public bool IsRefused => Volatile.Read(ref _refusedAt) is var at and not 0 && clock.GetElapsedTime(at) < RefusedFor;

    /// <summary>Hands a request over. False when the queue is full or closed: then nothing was kept.</summary>
    public bool TryEnqueue(PendingRequest request)
    {
        if (Interlocked.Add(ref _queuedEvents, request.Size) > Limits.QueuedEvents)
        {
            Interlocked.Add(ref _queuedEvents, -request.Size);
            return false;
        }

        request.QueuedAt = clock.GetTimestamp();
        if (_queue.Writer.TryWrite(request))
        {
            return true;
        }

        Interlocked.Add(ref _queuedEvents, -request.Size);
        return false;
    }

    /// <summary>Commits until <see cref="Close"/> is called and the queue is empty.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var batch = new List<PendingRequest>(EventsPerCommit);
        while (await _queue.Reader.WaitToReadAsync(cancellationToken))
        {
            batch.Clear();
            var events = 0;
            while (events < EventsPerCommit && _queue.Reader.TryRead(out var request))
            {
                batch.Add(request);
                events += request.Size;
            }

            Volatile.Write(ref _oldestAt, batch[0].QueuedAt);
            await CommitAsync(batch, cancellationToken);
            Volatile.Write(ref _oldestAt, 0);
            Interlocked.Add(ref _queuedEvents, -events);
        }

        await _settling;
    }

    /// <summary>No more requests; what is queued is still committed.</summary>
    public void Close() => _queue.Writer.TryComplete();

    private async Task CommitAsync(List<PendingRequest> batch, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await log.AppendAsync(batch, cancellationToken);
                await SettleAsync(batch, AppendResult.Committed);
                projector.Signal();
                _outage.Recovered();
                Volatile.Write(ref _refusedAt, 0);
                return;
            }
            catch (Exception refused) when (IsContent(refused))
            {
                if (batch.Count == 1)
                {
                    var answered = refused as PostgresException;
                    logger.LogError("The log refused a request for its content: {Failure} {SqlState} {Constraint}", refused.GetType().Name, answered?.SqlState, answered?.ConstraintName);
                    await SettleAsync(batch, AppendResult.Unstorable);
                    return;
                }

                await CommitAsync(batch[..(batch.Count / 2)], cancellationToken);
                await CommitAsync(batch[(batch.Count / 2)..], cancellationToken);
                return;
            }
            catch (PostgresException busy) when (AppendLock.IsBusy(busy) && OldestWaiting < AppendLock.MaxWait)
            {
                // Nothing was done, and the sender still waits or tries again: no try is used up.
                attempt--;
            }
            catch (Exception failure) when (failure is NpgsqlException or ObjectDisposedException or InvalidOperationException or TimeoutException or IOException)
            {
                // Not told apart by exception type: a broken connection surfaces as any of these.
                if (attempt > 1)
                {
                    _outage.Failed(failure);
                    Volatile.Write(ref _refusedAt, failure is PostgresException ? clock.GetTimestamp() : 0);
                    await SettleAsync(batch, AppendResult.StorageDown);
                    return;
                }
            }
        }
    }

    // SQLSTATE classes 21, 22 and 23: what was sent, not the state of the server; but a missing day of bodies is ours to make. Whatever is
    // no fault of a connection either, a row that cannot be opened for one, must not end the loop for everybody else.
    private static bool IsContent(Exception refused) => refused switch
    {
        PostgresException answered => answered is { SqlState: ['2', '1' or '2' or '3', ..], TableName: not ("raw_bodies" or "request_signatures") },
        NpgsqlException or ObjectDisposedException or InvalidOperationException or TimeoutException or IOException => false,
        _ => refused is not OperationCanceledException,
    };

    // Answers are written by a thread of the pool while this one goes on with the next commit. One for the whole batch: to wake a thread costs more
    // than to write an answer, and nobody who waits for his answer blocks. The batch before has long been settled, so the wait is for form's sake.
    private async Task SettleAsync(List<PendingRequest> batch, AppendResult result)
    {
        await _settling;
        var settled = batch.ToArray();
        _settling = Task.Run(() => SettleAll(settled, result));
    }

    private void SettleAll(PendingRequest[] batch, AppendResult result)
    {
        var late = 0;
        foreach (var request in batch)
        {
            late += request.Settle(result) ? 0 : 1;
        }

        if (late > 0)
        {
            logger.LogWarning("{Result} after their senders were answered that storage is slow: {Requests} requests", result, late);
        }
    }
}
