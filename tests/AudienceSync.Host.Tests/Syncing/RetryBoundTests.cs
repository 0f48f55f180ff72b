using AudienceSync.Connectors;
using AudienceSync.Connectors.Meta;
using AudienceSync.Connectors.TikTok;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Workspaces;
using AudienceSync.Host.Workspaces.Status;
using Microsoft.Extensions.Logging;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>Endlessly repeated responses, through the real loop and tables, in two days of virtual time.</summary>
public sealed class RetryBoundTests : IAsyncLifetime
{
    private readonly ScriptedPlatform _platform = new(membersPerCall: 10);
    private readonly LogCapture _log = new();
    private readonly Wake _wake = new(TimeProvider.System);
    private TestWorkspace _workspace = null!;
    private MemberSetup _setup = null!;
    private SyncStage _stage = null!;
    private AccountLoop _loop = null!;

    private DateTimeOffset Now => _workspace.Clock.GetUtcNow();

    public async Task InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync([null]);
        _setup = new MemberSetup(_workspace);
        _stage = await SyncStage.CreateAsync(_workspace, _setup, _platform, logger: _log.CreateLogger("sync"));
        _loop = _stage.Loop(_wake);
    }

    public async Task DisposeAsync()
    {
        _wake.Dispose();
        await _workspace.DisposeAsync();
    }

    public static TheoryData<string, Outcome> Endless() =>
        new()
        {
            { "TikTok 40002, not editable", TikTokErrors.Of(40002, isNotEditable: true) },
            { "TikTok 60001", TikTokErrors.Of(60001, isNotEditable: false) },
            { "Meta 2650/1870145", MetaErrors.Of(2650, 1870145) },
            { "Meta 2650/1870158", MetaErrors.Of(2650, 1870158) },
            { "Meta 368", MetaErrors.Of(368, null) },
            { "no answer", new Outcome(OutcomeKind.Retry, "timeout") },
        };

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task An_endless_retry_is_parked_after_a_day_is_shown_and_continues_when_an_operator_resumes_it(
        string what,
        Outcome outcome
    )
    {
        var people = await _setup.AddPersonAsync(4);
        await _setup.SetAsync(_stage.KeyId, true, [.. people.Take(3)]);
        await PlayAsync(TimeSpan.FromMinutes(1));
        var (before, began) = (_platform.Calls.Count, Now);
        _platform.Instead = _ => outcome;
        await _setup.SetAsync(_stage.KeyId, false, people[0]);
        await _setup.SetAsync(_stage.KeyId, true, people[3]);

        await PlayAsync(TimeSpan.FromHours(48));

        (_platform.Calls.Count - before).ShouldBeLessThanOrEqualTo(2 * 150, what);
        var status = await StatusAsync();
        (status.State, status.Code).ShouldBe(("parked", outcome.Code));
        (status.RemovalsParked, status.AddsParked).ShouldBe((true, true));
        status.Since.ShouldBe(began);
        (status.LastAnswerAt - began).ShouldNotBeNull().ShouldBeInRange(TimeSpan.FromHours(23.9), TimeSpan.FromHours(25));
        status.PendingRemovals.ShouldBe(1, "the removal is kept");
        Sent("parked").ShouldBe(2, "once for each lane");

        _platform.Instead = _ => null;
        var resting = _platform.Calls.Count;
        await PlayAsync(TimeSpan.FromDays(30));
        _platform.Calls.Count.ShouldBe(resting, "an operator decides");
        await _stage.ResumeAsync();
        await PlayAsync(TimeSpan.FromMinutes(1));

        _stage.ShouldBeInSync("the removal was sent first, and both were sent");
        (await StatusAsync()).ShouldSatisfyAllConditions(
            s => s.State.ShouldBe("active"),
            s => s.Since.ShouldBeNull(),
            s => s.LastAnswerAt.ShouldBeNull()
        );
    }

    [Fact]
    public async Task A_resumed_lane_may_retry_for_another_day()
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(3)]);
        _platform.Instead = _ => TikTokErrors.Of(60001, isNotEditable: false);
        await PlayAsync(TimeSpan.FromHours(30));
        (await StatusAsync()).AddsParked.ShouldBeTrue();

        await _stage.ResumeAsync();
        await PlayAsync(TimeSpan.FromHours(20));
        (await StatusAsync()).AddsParked.ShouldBeFalse();
        await PlayAsync(TimeSpan.FromHours(10));

        (await StatusAsync()).AddsParked.ShouldBeTrue();
        Sent("parked").ShouldBe(2);
    }

    [Fact]
    public async Task Parked_adds_do_not_delay_removals()
    {
        var people = await _setup.AddPersonAsync(4);
        await _setup.SetAsync(_stage.KeyId, true, [.. people.Take(3)]);
        await PlayAsync(TimeSpan.FromMinutes(1));
        _platform.Instead = call => call.Operation == MemberOperation.Add ? MetaErrors.Of(2, null) : null;
        await _setup.SetAsync(_stage.KeyId, true, people[3]);
        await PlayAsync(TimeSpan.FromHours(30));
        (await StatusAsync()).ShouldSatisfyAllConditions(s => s.AddsParked.ShouldBeTrue(), s => s.RemovalsParked.ShouldBeFalse());

        await _setup.SetAsync(_stage.KeyId, false, people[0]);
        await PlayAsync(TimeSpan.FromMinutes(1));

        _platform.Members.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Removals_parked_because_a_list_was_too_small_are_retried_when_it_has_grown()
    {
        var people = await _setup.AddPersonAsync(4);
        await _setup.SetAsync(_stage.KeyId, true, [.. people.Take(3)]);
        await PlayAsync(TimeSpan.FromMinutes(1));
        _platform.Instead = call => call.Operation == MemberOperation.Remove ? TikTokErrors.Of(40002, isNotEditable: true) : null;
        await _setup.SetAsync(_stage.KeyId, false, people[0]);
        await PlayAsync(TimeSpan.FromHours(30));
        (await StatusAsync()).RemovalsParked.ShouldBeTrue();
        _platform.Instead = _ => null;

        await _setup.SetAsync(_stage.KeyId, true, people[3]);
        await PlayAsync(TimeSpan.FromMinutes(1));

        _stage.ShouldBeInSync("the list has grown");
    }

    [Fact]
    public async Task An_account_that_is_throttled_for_days_is_shown_and_called_rarely_and_drops_nothing()
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(3)]);
        _platform.Instead = _ => new Outcome(OutcomeKind.Snooze, "meta_80003_2446079", TimeSpan.FromMinutes(1));

        await PlayAsync(TimeSpan.FromHours(48));

        _platform.Calls.Count.ShouldBeLessThanOrEqualTo(150);
        var forecast = await ForecastAsync();
        (forecast.State, forecast.Code, forecast.ThrottledSince, forecast.Overdue).ShouldBe(
            ("throttled", "meta_80003_2446079", TestWorkspace.Start, true)
        );
        (await _stage.BindingAsync()).ShouldSatisfyAllConditions(
            b => b.AddAttempts.ShouldBe(0),
            b => b.StoppedCode.ShouldBeNull(),
            b => b.AddNextAt.ShouldBeNull()
        );
        Sent("throttled").ShouldBe(1);

        _platform.Instead = _ => null;
        await PlayAsync(TimeSpan.FromHours(1));
        _stage.ShouldBeInSync("the account recovers without intervention");
        (await ForecastAsync()).ShouldSatisfyAllConditions(
            f => f.ThrottledSince.ShouldBeNull(),
            f => f.Overdue.ShouldBeFalse(),
            f => f.State.ShouldBe("active")
        );
    }

    [Fact]
    public async Task Calls_that_are_refused_as_a_whole_whatever_their_members_are_parked()
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(200)]);
        _platform.Instead = _ => new Outcome(OutcomeKind.SplitBatch, "google_invalid_hex_encoding");

        await PlayAsync(TimeSpan.FromHours(48));

        _platform.Calls.Count.ShouldBeLessThanOrEqualTo(RetryBounds.MaxConsecutiveRefusals + 1);
        var status = await StatusAsync();
        (status.State, status.Code, status.AddsParked).ShouldBe(("parked", "google_invalid_hex_encoding", true));
        Sent("parked").ShouldBe(1);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(20, false)]
    public async Task An_id_unknown_right_after_a_list_was_created_is_retried_for_ten_minutes(int minutes, bool delivered)
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(3)]);
        _platform.Instead = _ => MetaErrors.Of(803, null);
        await PlayAsync(TimeSpan.FromMinutes(minutes));
        (await _stage.BindingAsync()).StoppedCode.ShouldBe(delivered ? null : "meta_803");
        _platform.Calls.Count.ShouldBeInRange(2, 11);
        _platform.Instead = _ => null;

        await PlayAsync(TimeSpan.FromMinutes(5));

        _platform.Members.Count.ShouldBe(delivered ? 3 : 0);
    }

    [Fact]
    public async Task An_id_unknown_after_members_were_accepted_stops_the_list_at_once()
    {
        var people = await _setup.AddPersonAsync(2);
        await _setup.SetAsync(_stage.KeyId, true, people[0]);
        await PlayAsync(TimeSpan.FromMinutes(1));
        _platform.Instead = _ => MetaErrors.Of(803, null);
        await _setup.SetAsync(_stage.KeyId, true, people[1]);

        await PlayAsync(TimeSpan.FromMinutes(1));

        (await _stage.BindingAsync()).StoppedCode.ShouldBe("meta_803");
        (await StatusAsync()).Since.ShouldNotBeNull();
    }

    // Advances from one due time to the next, as the loop does; the rounds are real, the waiting is not.
    private async Task PlayAsync(TimeSpan time)
    {
        var until = Now + time;
        var deadline = Deadline.In(TimeSpan.FromMinutes(5));
        while (true)
        {
            deadline.Check("the end of the simulated time");
            var calls = _platform.Calls.Count;
            var more = await _loop.RoundAsync(await _stage.LeaseAsync(), default);
            if (more || _platform.Calls.Count > calls)
            {
                continue;
            }

            var (binding, account) = (await _stage.BindingAsync(), await _stage.AccountAsync());
            var next = new[] { binding.RemovalNextAt, binding.AddNextAt, account.BlockedUntil }
                .OfType<DateTimeOffset>()
                .Where(at => at > Now && at != LaneState.Never)
                .DefaultIfEmpty(until)
                .Min();
            if (next >= until)
            {
                _workspace.Clock.Advance(until - Now);
                return;
            }

            _workspace.Clock.Advance(next - Now);
        }
    }

    private int Sent(string text) =>
        _log.Lines.Count(line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains(text, StringComparison.Ordinal));

    private async Task<BindingCounts> StatusAsync() =>
        (await new StatusQueries(_workspace.Database).ReadBindingsAsync(Now, default)).ShouldHaveSingleItem();

    private async Task<AccountForecast> ForecastAsync()
    {
        var limits = new Dictionary<string, DestinationLimits> { ["main"] = _platform.Limits };
        var bindings = await new StatusQueries(_workspace.Database).ReadBindingsAsync(Now, default);
        return (await new AccountForecasts(_workspace.Database, limits).ReadAsync(bindings, Now, default)).ShouldHaveSingleItem();
    }
}
