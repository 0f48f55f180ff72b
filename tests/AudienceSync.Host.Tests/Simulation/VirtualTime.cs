namespace AudienceSync.Host.Tests.Simulation;

/// <summary>A clock that advances only explicitly, timers included.</summary>
internal sealed class VirtualTime(DateTimeOffset now) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<VirtualTimer> _waiting = [];
    private DateTimeOffset _now = now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    /// <summary>When the next timer is due; null when there is none.</summary>
    public DateTimeOffset? NextDue()
    {
        lock (_gate)
        {
            return _waiting.Count == 0 ? null : _waiting.Min(timer => timer.Due);
        }
    }

    /// <summary>Advances the time and fires what is due, the earliest first. Time never goes back.</summary>
    public void MoveTo(DateTimeOffset then)
    {
        List<VirtualTimer> due;
        lock (_gate)
        {
            _now = then > _now ? then : _now;
            due = [.. _waiting.Where(timer => timer.Due <= _now).OrderBy(timer => timer.Due)];
            _waiting.RemoveAll(due.Contains);
        }

        due.ForEach(timer => timer.Fire());
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class VirtualTimer(VirtualTime clock, Action fire) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._waiting.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock._now + dueTime;
                    clock._waiting.Add(this);
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                clock._waiting.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
