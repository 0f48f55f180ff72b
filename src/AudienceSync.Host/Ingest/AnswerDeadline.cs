using System.Collections.Concurrent;
using AudienceSync.Host.Ingest.Append;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// Answers senders whose request the log has not settled in time: a sender gives up after 4 s, so at <see cref="MaxWait"/> the sender
/// is answered that storage is slow, and may retry.
/// <para>
/// <b>What remains.</b> The request stays queued, or in its commit. It may be committed later: the retry is then a duplicate. It may fail
/// later: the retry is then the first delivery.
/// </para>
/// <para>
/// <b>Who owns the body.</b> The body is in a pooled buffer, and a commit in progress reads it, possibly long after the sender was
/// answered. The buffer therefore has two owners: the endpoint until it has answered (<see cref="RequestBody.Dispose"/>), and the pending
/// request until it is settled (<see cref="PendingRequest.BodyLease"/>), which happens exactly once and after the commit has read it for
/// the last time. The last owner returns it to the pool. A request that is never settled, because the process ends, never returns it.
/// Nothing else of a request is pooled: its events hold bytes of their own, and what is created lazily (receipts of a remembered signature,
/// the part of the body that is kept) is created inside the commit.
/// </para>
/// <para>
/// <b>Cost.</b> One queue entry for each request and one timer for all: a timer or a task for each would cost more than the rest of the
/// wait. Nearly every entry is already settled when the timer fires, and is removed.
/// </para>
/// </summary>
public sealed class AnswerDeadline : IDisposable
{
    /// <summary>The longest a sender waits, counted from when the body was read.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Two timer intervals before the deadline: one because the timer fires up to one interval late, one for sending the response.
    /// </summary>
    private static readonly TimeSpan GiveUpAfter = MaxWait - (2 * Interval);

    private readonly ConcurrentQueue<(PendingRequest Request, long ReadAt)> _waiting = new();
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private int _isArmed;

    public AnswerDeadline(TimeProvider clock)
    {
        _clock = clock;
        _timer = clock.CreateTimer(
            static deadline => ((AnswerDeadline)deadline!).AnswerOverdue(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <param name="request">A request that was handed to the log.</param>
    /// <param name="readAt">The timestamp at which its body had been read.</param>
    public void Watch(PendingRequest request, long readAt)
    {
        _waiting.Enqueue((request, readAt));
        Arm();
    }

    public void Dispose() => _timer.Dispose();

    // One run at a time: the next run is scheduled at the end of this one, and only while a request is waiting.
    private void Arm()
    {
        if (Volatile.Read(ref _isArmed) == 0 && Interlocked.Exchange(ref _isArmed, 1) == 0)
        {
            _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }
    }

    private void AnswerOverdue()
    {
        // In the order of their commits, so normally all settled requests come before all unsettled ones.
        while (_waiting.TryPeek(out var first) && first.Request.Settled.IsCompleted)
        {
            _waiting.TryDequeue(out _);
        }

        if (_waiting.TryPeek(out var oldest) && _clock.GetElapsedTime(oldest.ReadAt) >= Interval)
        {
            foreach (var (request, readAt) in _waiting)
            {
                if (_clock.GetElapsedTime(readAt) >= GiveUpAfter)
                {
                    request.TimeOut();
                }
            }
        }

        Interlocked.Exchange(ref _isArmed, 0);
        if (!_waiting.IsEmpty)
        {
            Arm();
        }
    }
}
