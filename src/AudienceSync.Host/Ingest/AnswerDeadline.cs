using System.Collections.Concurrent;
using AudienceSync.Host.Storage.Log;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// Answers those whom the log lets wait: a sender gives up after 4 s, so at <see cref="Within"/> he is told that storage is slow, and may come back.
/// <para>
/// <b>What stays.</b> The request remains queued, or in its commit. It may be committed later: then the retry is found to be a duplicate. It may
/// fail later: then the retry is the first.
/// </para>
/// <para>
/// <b>Who owns the body.</b> The body lies in a pooled buffer, and a commit under way reads it, perhaps long after its sender was answered. So
/// the buffer has two owners: the endpoint until it has answered (<see cref="RequestBody.Dispose"/>), and the pending request until it is settled
/// (<see cref="PendingRequest.BodyLease"/>), which happens exactly once and after the commit's last look. It goes back to the pool with the last of them. A
/// request that is never settled, because the process ends, never gives it back. Nothing else of a request is pooled: its events hold bytes of their own, and what
/// is lazily made (receipts of a remembered signature, the part of the body that is kept) is made inside the commit.
/// </para>
/// <para>
/// <b>What it costs.</b> One entry in a queue for each request and one timer for all: a timer or a task for each would cost more than the rest of the wait. Nearly
/// every entry is settled when the timer comes by, and goes.
/// </para>
/// </summary>
public sealed class AnswerDeadline : IDisposable
{
    /// <summary>The longest a sender waits, from when his body was read.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);

    /// <summary>Two turns of the timer before the end: one because it comes late by up to a turn, one for the answer's way.</summary>
    private static readonly TimeSpan GiveUpAfter = Within - (2 * Every);

    private readonly ConcurrentQueue<(PendingRequest Request, long ReadAt)> _waiting = new();
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private int _isArmed;

    public AnswerDeadline(TimeProvider clock)
    {
        _clock = clock;
        _timer = clock.CreateTimer(static deadline => ((AnswerDeadline)deadline!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <param name="request">It was handed to the log.</param>
    /// <param name="readAt">The timestamp at which its body had been read.</param>
    public void Watch(PendingRequest request, long readAt)
    {
        _waiting.Enqueue((request, readAt));
        Arm();
    }

    public void Dispose() => _timer.Dispose();

    // One turn at a time: the next is asked for at the end of this one, and only while anybody waits.
    private void Arm()
    {
        if (Volatile.Read(ref _isArmed) == 0 && Interlocked.Exchange(ref _isArmed, 1) == 0)
        {
            _timer.Change(Every, Timeout.InfiniteTimeSpan);
        }
    }

    private void Sweep()
    {
        // In the order of their commits, so as a rule all that are done stand before all that are not.
        while (_waiting.TryPeek(out var first) && first.Request.Settled.IsCompleted)
        {
            _waiting.TryDequeue(out _);
        }

        if (_waiting.TryPeek(out var oldest) && _clock.GetElapsedTime(oldest.ReadAt) >= Every)
        {
            foreach (var (request, readAt) in _waiting)
            {
                if (_clock.GetElapsedTime(readAt) >= GiveUpAfter)
                {
                    request.GiveUp();
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
