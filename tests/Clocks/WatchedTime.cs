using AudienceSync.Waits;
using Microsoft.Extensions.Time.Testing;

namespace AudienceSync.Clocks;

/// <summary>
/// A <see cref="FakeTimeProvider"/> that shows its timers, which the original does not: a test may have to know when the call under test
/// waits before it advances the time, and a simulation advances it to the next timer.
/// </summary>
internal class WatchedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<WatchedTimer, DateTimeOffset> _due = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _watchers = [];

    /// <summary>When the next timer is due; null when there is none.</summary>
    public DateTimeOffset? NextDue()
    {
        lock (_gate)
        {
            return _due.Count == 0 ? null : _due.Values.Min();
        }
    }

    /// <summary>Completes when at least <paramref name="count"/> timers wait.</summary>
    public Task WaitersAsync(int count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _watchers.Add((count, reached));
        }

        Notify();
        return reached.Task.OrTimeoutAsync($"{count} timers that wait on the clock");
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WatchedTimer(
            this,
            callback,
            fire => base.CreateTimer(fire, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan)
        );
        timer.Change(dueTime, period);
        return timer;
    }

    private void Arm(WatchedTimer timer, TimeSpan dueTime)
    {
        // Outside the lock: reading the time may fire timers.
        var now = GetUtcNow();
        lock (_gate)
        {
            _due.Remove(timer);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                _due[timer] = now + dueTime;
            }
        }
    }

    private void Notify()
    {
        lock (_gate)
        {
            _watchers.FindAll(watcher => _due.Count >= watcher.Count).ForEach(watcher => watcher.Reached.TrySetResult());
        }
    }

    private sealed class WatchedTimer : ITimer
    {
        private readonly WatchedTime _time;
        private readonly TimerCallback _callback;
        private readonly ITimer _timer;
        private TimeSpan _period;

        public WatchedTimer(WatchedTime time, TimerCallback callback, Func<TimerCallback, ITimer> create)
        {
            (_time, _callback) = (time, callback);
            _timer = create(Fire);
        }

        // Watchers are notified last: one that advances the time at once must find the timer set.
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period > TimeSpan.Zero ? period : Timeout.InfiniteTimeSpan;
            _time.Arm(this, dueTime);
            var changed = _timer.Change(dueTime, period);
            _time.Notify();
            return changed;
        }

        public void Dispose()
        {
            _time.Arm(this, Timeout.InfiniteTimeSpan);
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(object? state)
        {
            _time.Arm(this, _period);
            _callback(state);
        }
    }
}
