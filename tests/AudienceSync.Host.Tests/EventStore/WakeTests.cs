using AudienceSync.Host.EventStore;
using Microsoft.Extensions.Time.Testing;

namespace AudienceSync.Host.Tests.EventStore;

public sealed class WakeTests
{
    [Fact]
    public async Task Several_signals_before_a_wait_count_as_one()
    {
        using var wake = new Wake(new FakeTimeProvider());
        wake.Signal();
        wake.Signal();

        await wake.WaitAsync(TimeSpan.FromHours(1), default);
        var second = wake.WaitAsync(TimeSpan.FromHours(1), default);

        second.IsCompleted.ShouldBeFalse();
        wake.Signal();
        await second.OrTimeoutAsync("the second wait");
    }

    [Fact]
    public async Task A_wait_ends_after_its_time_limit_and_consumes_no_signal()
    {
        var clock = new FakeTimeProvider();
        using var wake = new Wake(clock);
        var waiting = wake.WaitAsync(TimeSpan.FromHours(1), default);

        clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        waiting.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromTicks(1));
        await waiting.OrTimeoutAsync("the wait");

        wake.Signal();
        await wake.WaitAsync(TimeSpan.FromHours(1), default);
    }

    [Fact]
    public async Task A_canceled_wait_reports_it()
    {
        using var wake = new Wake(TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var waiting = wake.WaitAsync(TimeSpan.FromHours(1), stop.Token);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    /// <summary>
    /// A timer that is firing while it is disposed of still calls back; an exception on the timer's thread would end the process.
    /// </summary>
    [Fact]
    public async Task A_timer_that_fires_after_the_signal_does_no_harm()
    {
        var clock = new LateTimers();
        using var wake = new Wake(clock);
        var waiting = wake.WaitAsync(TimeSpan.FromHours(1), default);
        wake.Signal();
        await waiting.OrTimeoutAsync("the wait");

        Should.NotThrow(clock.FireAll);
    }

    /// <summary>Fires timers that were disposed of, which a <see cref="FakeTimeProvider"/> does not.</summary>
    private sealed class LateTimers : TimeProvider
    {
        private readonly List<Action> _timers = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timers.Add(() => callback(state));
            return new Disarmed();
        }

        public void FireAll() => _timers.ForEach(fire => fire());

        private sealed class Disarmed : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
                // Too late: the callback is already running.
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
