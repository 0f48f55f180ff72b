using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Telemetry;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.EventStore.Leases;

/// <summary>The loop's clock is virtual; the leases and their time are those of a real database.</summary>
public sealed class LeasedLoopTests : IAsyncLifetime
{
    private const string ExpireSql = "update leases set until = clock_timestamp() - interval '1 second'";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly LogCapture _log = new();
    private readonly WatchedTime _clock = new(TestWorkspace.Start);
    private readonly Wake _wake;
    private TestWorkspace _workspace = null!;
    private LeaseStore _theirs = null!;
    private ScriptedLoop _loop = null!;

    public LeasedLoopTests() => _wake = new Wake(_clock);

    public async Task InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync();
        _theirs = new LeaseStore(_workspace.Database, "theirs");
        _loop = new ScriptedLoop(new LeaseStore(_workspace.Database, "ours"), _wake, _clock, _log.CreateLogger("loop"));
    }

    public async Task DisposeAsync()
    {
        await _workspace.DisposeAsync();
        _wake.Dispose();
        _stop.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task It_works_while_it_has_work_then_releases_the_lease_and_claims_again_when_its_time_comes_or_it_is_woken()
    {
        var left = 3;
        _loop.Turn = (_, _) => Task.FromResult<TurnPause?>(--left > 0 ? TurnPause.None : null);
        var running = _loop.RunAsync(_stop.Token);

        (await _loop.TurnsAsync(3)).ShouldBe([1, 1, 1]);
        await _clock.WaitersAsync(1);
        _clock.NextDue().ShouldBe(TestWorkspace.Start + ScriptedLoop.IdleTime);
        await ShouldBeFreeAsync();

        _clock.Advance(ScriptedLoop.IdleTime);
        (await _loop.TurnsAsync(1)).ShouldBe([3], "its own, theirs, its own");
        await _clock.WaitersAsync(1);
        _wake.Signal();
        (await _loop.TurnsAsync(1)).ShouldBe([4]);
        await StopAsync(running);
        _log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_work_it_claims_nothing()
    {
        _loop.HasWork = false;
        var running = _loop.RunAsync(_stop.Token);
        await _clock.WaitersAsync(1);
        (await _workspace.AskAsync<long>("select count(*) from leases")).ShouldBe(0);

        _loop.HasWork = true;
        _wake.Signal();

        (await _loop.TurnsAsync(1)).ShouldBe([1]);
        await StopAsync(running);
    }

    [Fact]
    public async Task A_wake_ends_a_pause_until_woken_and_no_pause_for_a_time()
    {
        _loop.Turn = (_, _) => Task.FromResult<TurnPause?>(TurnPause.For(Hour));
        var running = _loop.RunAsync(_stop.Token);
        await _loop.TurnsAsync(1);
        await _clock.WaitersAsync(1);
        _loop.Turn = (_, _) => Task.FromResult<TurnPause?>(TurnPause.UntilWoken(Hour));

        _wake.Signal();
        _clock.NextDue().ShouldBe(TestWorkspace.Start + Hour);
        _clock.Advance(Hour);

        (await _loop.TurnsAsync(2)).ShouldBe([1, 1], "after the time, and immediately after the wake that came meanwhile");
        await StopAsync(running);
    }

    [Fact]
    public async Task Another_owner_takes_over_a_lease_that_expired_and_the_old_one_claims_again_later()
    {
        _loop.Turn = KeepAndWaitAsync(new LeaseStore(_workspace.Database, "ours"));
        var running = _loop.RunAsync(_stop.Token);
        await _loop.TurnsAsync(1);
        await _clock.WaitersAsync(1);
        var clock = new WatchedTime(TestWorkspace.Start);
        using var wake = new Wake(clock);
        using var stop = new CancellationTokenSource();
        var other = new ScriptedLoop(_theirs, wake, clock, _log.CreateLogger("other")) { Turn = KeepAndWaitAsync(_theirs) };
        var otherRunning = other.RunAsync(stop.Token);
        await clock.WaitersAsync(1);
        clock.NextDue().ShouldBe(TestWorkspace.Start + ScriptedLoop.RetryTime, "the lease is held");

        await _workspace.ExecuteAsync(ExpireSql);
        clock.Advance(ScriptedLoop.RetryTime);
        (await other.TurnsAsync(1)).ShouldBe([2]);
        await clock.WaitersAsync(1);
        _wake.Signal();
        await Deadline.UntilAsync(() => _clock.NextDue() == TestWorkspace.Start + ScriptedLoop.RetryTime, () => "the loss is noticed");

        _log.Lines.ShouldHaveSingleItem()
            .ShouldStartWith("Warning loop: Work: lease lost; retrying: The lease work is held by another host.");
        await stop.CancelAsync();
        await otherRunning;
        _clock.Advance(ScriptedLoop.RetryTime);
        (await _loop.TurnsAsync(2)).ShouldBe([1, 3], "the turn that noticed the loss, and the one after the other owner had stopped");
        await StopAsync(running);
    }

    [Fact]
    public async Task A_lease_lost_in_the_middle_of_a_turn_writes_nothing_more()
    {
        await _workspace.ExecuteAsync("create table written (fence bigint); grant insert, select on written to public");
        _loop.Turn = async (lease, token) =>
        {
            await using var connection = await _workspace.Database.Hot.OpenConnectionAsync(token);
            await LeaseStore.WriteAsync(connection, lease, [Insert(lease)], token);
            await _workspace.ExecuteAsync(ExpireSql);
            (await _theirs.TryClaimAsync(ScriptedLoop.LeaseName, token)).ShouldNotBeNull();
            await LeaseStore.WriteAsync(connection, lease, [Insert(lease)], token);
            return TurnPause.None;
        };

        var running = _loop.RunAsync(_stop.Token);
        await _clock.WaitersAsync(1);

        (await _workspace.RowsAsync("select fence from written")).ShouldBe(["1"]);
        (await _loop.TurnsAsync(1)).ShouldBe([1]);
        _clock.NextDue().ShouldBe(TestWorkspace.Start + ScriptedLoop.RetryTime, "no turn follows under the lost lease");
        (await _workspace.RowsAsync("select owner, fence, until > clock_timestamp() from leases")).ShouldBe(["theirs 2 True"]);
        await StopAsync(running);
    }

    [Fact]
    public async Task A_failing_turn_releases_the_lease_and_is_retried_with_growing_waits_and_one_line_for_the_outage_and_its_end()
    {
        var failures = 0;
        _loop.Turn = (_, _) => ++failures <= 3 ? throw new TimeoutException("away") : Task.FromResult<TurnPause?>(null);
        var running = _loop.RunAsync(_stop.Token);
        var wait = OutageLog.FirstWait;
        for (var n = 1; n <= 3; n++)
        {
            await _clock.WaitersAsync(1);
            failures.ShouldBe(n);
            await ShouldBeFreeAsync();
            _wake.Signal();
            _clock.NextDue().ShouldBe(_clock.GetUtcNow() + wait, "a wake does not shorten it");
            _clock.Advance(wait);
            wait *= 2;
        }

        (await _loop.TurnsAsync(5)).Count.ShouldBe(5, "three failures, a success, and one more for the wakes that came meanwhile");
        await StopAsync(running);
        _log.Lines.Count.ShouldBe(2);
        _log.Lines[0].ShouldStartWith("Warning loop: Work interrupted: TimeoutException; retrying until it succeeds");
        _log.Lines[1].ShouldStartWith("Information loop: Work recovered after 3.5 s and 3 failed tries");
    }

    [Fact]
    public async Task A_stop_in_a_pause_releases_the_lease()
    {
        _loop.Turn = (_, _) => Task.FromResult<TurnPause?>(TurnPause.UntilWoken(Hour));
        var running = _loop.RunAsync(_stop.Token);
        await _loop.TurnsAsync(1);
        await _clock.WaitersAsync(1);

        await StopAsync(running);

        await ShouldBeFreeAsync();
        _log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stop_in_a_turn_cancels_it_and_releases_the_lease()
    {
        _loop.Turn = async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, token);
            return TurnPause.None;
        };
        var running = _loop.RunAsync(_stop.Token);
        await _loop.TurnsAsync(1);
        (await _theirs.TryClaimAsync(ScriptedLoop.LeaseName, default)).ShouldBeNull("it is held");

        await StopAsync(running);

        await ShouldBeFreeAsync();
        _log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_call_in_the_same_process_waits_for_the_first()
    {
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Turn = async (_, _) =>
        {
            await finish.Task.OrTimeoutAsync("the second call");
            return null;
        };
        var first = _loop.RunOnceAsync(default);
        (await _loop.TurnsAsync(1)).ShouldBe([1]);

        var second = _loop.RunOnceAsync(default);

        _loop.Looks.ShouldBe(1, "an owner could claim its own lease again");
        finish.SetResult();
        (await first).ShouldBeTrue();
        (await second).ShouldBeTrue();
        (await _loop.TurnsAsync(1)).ShouldBe([2]);
    }

    private static Func<Lease, CancellationToken, Task<TurnPause?>> KeepAndWaitAsync(LeaseStore leases) =>
        async (lease, token) =>
        {
            await leases.KeepAsync(lease, token);
            return TurnPause.UntilWoken(Hour);
        };

    private static Npgsql.NpgsqlBatchCommand Insert(Lease lease) => Sql.Command("insert into written values ($1)", Sql.Of(lease.Fence));

    private async Task StopAsync(Task running)
    {
        await _stop.CancelAsync();
        await running.OrTimeoutAsync("the loop's end");
    }

    private async Task ShouldBeFreeAsync()
    {
        var lease = (await _theirs.TryClaimAsync(ScriptedLoop.LeaseName, default)).ShouldNotBeNull("the lease was released");
        await _theirs.ReleaseAsync(lease, default);
    }
}
