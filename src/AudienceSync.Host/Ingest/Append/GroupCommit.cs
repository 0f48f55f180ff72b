using System.Diagnostics;
using System.Threading.Channels;
using AudienceSync.Domain;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Telemetry;
using Npgsql;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// Collects concurrent requests into one commit. While one commit is in progress the next one fills; the higher the load, the larger the
/// commits and the lower the cost of each event. A single request is committed without delay.
/// <para>
/// <b>States of a request:</b> queued, in a commit, settled. It is settled exactly once, after the response to the commit or when storage
/// did not accept it. A full queue refuses at once, so a sender never has to wait for its own timeout.
/// </para>
/// <para>
/// <b>Failures.</b> After a broken connection the commit is retried once with the same ids, on a new connection, because after a restart of
/// the server the first use of a connection fails by design and because the commit may have happened. A row that the database cannot store
/// would fail every commit it is in, so a batch refused for its content is halved until the bad request is alone, and only that request is
/// unstorable. When another session holds the append lock for too long, the commit keeps waiting for it, for longer than a sender waits
/// (<see cref="AppendLock"/>): after a late commit the sender's retry is a duplicate.
/// </para>
/// </summary>
public sealed class GroupCommit(EventLogStore log, Wake projector, TimeProvider clock, ILogger<GroupCommit> logger)
{
    /// <summary>
    /// Maximum number of events in one commit: enough to make its fixed cost negligible, few enough to keep its latency low.
    /// </summary>
    public const int EventsPerCommit = 1_000;

    private static readonly TimeSpan RefusedWindow = TimeSpan.FromSeconds(10);

    private readonly Channel<Queued> _queue = Channel.CreateUnbounded<Queued>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = false }
    );

    private readonly OutageLog _outage = new("Ingest", clock, logger);
    private int _queuedEvents;
    private Task _settling = Task.CompletedTask;
    private long _oldestAt;
    private long _refusedAt;

    /// <summary>Receives the position after each commit; null for no one.</summary>
    public LogProgress? Progress { get; init; }

    /// <summary>The number of waiting events.</summary>
    public int QueuedEvents => Volatile.Read(ref _queuedEvents);

    /// <summary>How long the oldest request has waited for its commit, which is in progress; zero when none is.</summary>
    public TimeSpan OldestWaiting => Volatile.Read(ref _oldestAt) is var since and not 0 ? clock.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>
    /// Whether storage responded but refused the last commit, as with a full disk, within the last ten seconds. After that, only a new
    /// request can show it.
    /// </summary>
    public bool IsRefused => Volatile.Read(ref _refusedAt) is var at and not 0 && clock.GetElapsedTime(at) < RefusedWindow;

    /// <summary>Enqueues a request. False when the queue is full or closed: then nothing was kept.</summary>
    public bool TryEnqueue(PendingRequest request)
    {
        if (Interlocked.Add(ref _queuedEvents, request.Size) > Limits.QueuedEvents)
        {
            Interlocked.Add(ref _queuedEvents, -request.Size);
            return false;
        }

        var trace = Spans.Enabled ? Activity.Current?.Context ?? default : default;
        if (_queue.Writer.TryWrite(new Queued(request, clock.GetTimestamp(), trace)))
        {
            return true;
        }

        Interlocked.Add(ref _queuedEvents, -request.Size);
        return false;
    }

    /// <summary>Commits until <see cref="Close"/> is called and the queue is empty.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var batch = new List<Queued>(EventsPerCommit);
        while (await _queue.Reader.WaitToReadAsync(cancellationToken))
        {
            batch.Clear();
            var events = 0;
            while (events < EventsPerCommit && _queue.Reader.TryRead(out var queued))
            {
                batch.Add(queued);
                events += queued.Request.Size;
            }

            Volatile.Write(ref _oldestAt, batch[0].QueuedAt);
            await CommitAsync(batch, cancellationToken);
            Volatile.Write(ref _oldestAt, 0);
            Interlocked.Add(ref _queuedEvents, -events);
        }

        await _settling;
    }

    /// <summary>Accepts no more requests; queued ones are still committed.</summary>
    public void Close() => _queue.Writer.TryComplete();

    private async Task CommitAsync(List<Queued> batch, CancellationToken cancellationToken)
    {
        var requests = batch.ConvertAll(static queued => queued.Request);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await SettleAsync(requests, await AppendAsync(batch, requests, cancellationToken));
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
                    logger.LogError(
                        "The event log refused a request because of its content: {Failure} {SqlState} {Constraint}",
                        refused.GetType().Name,
                        answered?.SqlState,
                        answered?.ConstraintName
                    );
                    await SettleAsync(requests, Failed(requests, AppendResult.Unstorable));
                    return;
                }

                await CommitAsync(batch[..(batch.Count / 2)], cancellationToken);
                await CommitAsync(batch[(batch.Count / 2)..], cancellationToken);
                return;
            }
            catch (PostgresException busy) when (AppendLock.IsBusy(busy) && OldestWaiting < AppendLock.MaxWait)
            {
                // Nothing was done, and the sender still waits or retries: no attempt is used up.
                attempt--;
            }
            catch (Exception failure)
                when (failure is NpgsqlException or ObjectDisposedException or InvalidOperationException or TimeoutException or IOException)
            {
                // Not distinguished by exception type: a broken connection surfaces as any of these.
                if (attempt > 1)
                {
                    _outage.Failed(failure);
                    Volatile.Write(ref _refusedAt, failure is PostgresException ? clock.GetTimestamp() : 0);
                    await SettleAsync(requests, Failed(requests, AppendResult.StorageDown));
                    return;
                }
            }
        }
    }

    private async Task<RequestOutcome[]> AppendAsync(List<Queued> batch, List<PendingRequest> requests, CancellationToken cancellationToken)
    {
        using var span = Spans.StartRoot(Spans.Append, ActivityKind.Internal, batch.Select(queued => queued.Trace));
        var outcomes = await log.AppendAsync(requests, cancellationToken);
        Progress?.Append(log.Head);
        span?.SetTag(Spans.Workspace, log.Workspace)
            .SetTag(Spans.Events, requests.Sum(request => request.Size))
            .SetTag(Spans.LastPosition, log.Head);
        return outcomes;
    }

    // SQLSTATE classes 21, 22 and 23: the fault is in what was sent, not in the state of the server; but a missing daily partition is
    // created by us. Any other failure that is not a connection failure either, such as a row that cannot be opened, must not end the loop
    // for all other requests.
    private static bool IsContent(Exception refused) =>
        refused switch
        {
            PostgresException answered => answered
                is { SqlState: ['2', '1' or '2' or '3', ..], TableName: not ("raw_bodies" or "reporting_bodies" or "request_signatures") },
            NpgsqlException or ObjectDisposedException or InvalidOperationException or TimeoutException or IOException => false,
            _ => refused is not OperationCanceledException,
        };

    // Responses are written by a pool thread while this thread continues with the next commit. One thread for the whole batch: waking a
    // thread costs more than writing a response, and no request blocks while it waits for its response. The previous batch was settled long
    // ago, so this wait ends immediately.
    private async Task SettleAsync(List<PendingRequest> batch, RequestOutcome[] outcomes)
    {
        await _settling;
        _settling = Task.Run(() => SettleAll(batch, outcomes));
    }

    private void SettleAll(List<PendingRequest> batch, RequestOutcome[] outcomes)
    {
        var late = 0;
        for (var i = 0; i < outcomes.Length; i++)
        {
            late += batch[i].Settle(outcomes[i]) ? 0 : 1;
        }

        if (late > 0)
        {
            logger.LogWarning(
                "{Result} after the senders had already received storage_slow: {Requests} requests",
                outcomes[0].Result,
                late
            );
        }
    }

    private static RequestOutcome[] Failed(List<PendingRequest> batch, AppendResult result)
    {
        var outcomes = new RequestOutcome[batch.Count];
        Array.Fill(outcomes, new RequestOutcome(result));
        return outcomes;
    }

    /// <param name="Request">A request in the queue.</param>
    /// <param name="QueuedAt">When it was queued, as a timestamp.</param>
    /// <param name="Trace">The span of its webhook, when there is one.</param>
    private readonly record struct Queued(PendingRequest Request, long QueuedAt, ActivityContext Trace);
}
