using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Tests.Workspaces;
using AudienceSync.Host.Workspaces.Status;

namespace AudienceSync.Host.Tests.Syncing;

public sealed class BudgetTests : IAsyncLifetime
{
    private readonly ScriptedPlatform _platform = new(membersPerCall: 1)
    {
        Limits = new DestinationLimits(1, TimeSpan.FromSeconds(30), OrderedCalls: false)
        {
            Allowances = [new CallAllowance("minute", 10, TimeSpan.FromMinutes(1)), new CallAllowance("day", 1_000, TimeSpan.FromDays(1))],
        },
    };

    private TestWorkspace _workspace = null!;
    private MemberSetup _setup = null!;
    private SyncStage _stage = null!;

    public async Task InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync([null]);
        _setup = new MemberSetup(_workspace);
        _stage = await SyncStage.CreateAsync(_workspace, _setup, _platform);
    }

    public async Task DisposeAsync() => await _workspace.DisposeAsync();

    [Fact]
    public async Task Adds_use_four_fifths_of_a_window_and_leave_the_rest_to_removals()
    {
        var people = await _setup.AddPersonAsync(20);
        await _setup.SetAsync(_stage.KeyId, true, [.. people]);
        await _stage.RoundAsync();
        _platform.Calls.Count.ShouldBe(8);
        (await _stage.PassAsync(Lane.Adds)).ShouldBe(RunEnd.Held);

        await _setup.SetAsync(_stage.KeyId, false, [.. people.Take(5)]);
        await _stage.RoundAsync();

        _platform.Calls.Count(call => call.Operation == MemberOperation.Remove).ShouldBe(2, "then the window is used up");
        var binding = await _stage.BindingAsync();
        binding.AddAttempts.ShouldBe(0, "waiting for budget is not a failure");
        binding
            .RemovalNextAt.ShouldNotBeNull()
            .ShouldBeInRange(TestWorkspace.Start + TimeSpan.FromMinutes(1), TestWorkspace.Start + TimeSpan.FromSeconds(63));
        (await _stage.AccountAsync()).BlockedUntil.ShouldBeNull();
    }

    [Fact]
    public async Task No_window_is_exceeded_however_often_the_account_moves_between_hosts()
    {
        var random = new Random(3);
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(60)]);
        var times = new List<DateTimeOffset>();
        _platform.During = _ =>
        {
            times.Add(_workspace.Clock.GetUtcNow());
            return Task.CompletedTask;
        };
        for (var step = 0; step < 300 && _platform.Members.Count < 60; step++)
        {
            await _stage.PassAsync(Lane.Adds);
            _workspace.Clock.Advance(TimeSpan.FromMilliseconds(random.Next(4_000)));
            if (random.Next(4) == 0)
            {
                await _stage.DieAsync();
            }
        }

        _platform.Members.Count.ShouldBe(60);
        for (var i = 8; i < times.Count; i++)
        {
            (times[i] - times[i - 8]).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(1), $"call {i}, seed 3");
        }

        (await _workspace.AskAsync<long>("select count(*) from budgets where allowance = 'minute'")).ShouldBeLessThan(
            23,
            "old slots are deleted"
        );
    }

    [Fact]
    public async Task No_call_is_started_that_could_exceed_its_window()
    {
        var lease = (await new LeaseStore(_workspace.Database, "hand").TryClaimAsync("account:main", default)).ShouldNotBeNull();
        var budget = new CallBudget("main", _platform.Limits.Allowances, new BudgetStore(_workspace.Database), _workspace.Clock)
        {
            RequestsPerCall = 3,
        };
        var requests = 0;
        while (await budget.TakeAsync(lease, MemberOperation.Remove, default) is null)
        {
            budget.Spend(2);
            requests += 3;
            requests.ShouldBeLessThan(100, "the budget never ends");
        }

        requests.ShouldBe(9, "a fourth call could reach twelve of ten requests");
    }

    [Fact]
    public async Task A_call_is_counted_even_if_the_host_dies_in_it()
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(1)]);
        _platform.Fault = _ => PlatformFault.CanceledUnapplied;
        await Should.ThrowAsync<OperationCanceledException>(() => _stage.PassAsync(Lane.Adds));

        (await _workspace.RowsAsync("select allowance, calls from budgets order by allowance")).ShouldBe(["day 1", "minute 1"]);
    }

    [Fact]
    public async Task Usage_reported_by_the_platform_holds_adds_but_not_removals_and_is_checked_again_later()
    {
        var people = await _setup.AddPersonAsync(6);
        await _setup.SetAsync(_stage.KeyId, true, [.. people.Take(2)]);
        await _stage.RoundAsync();
        _platform.Usage = new AccountUsage(85, null);
        await _setup.SetAsync(_stage.KeyId, false, people[0]);
        await _stage.RoundAsync();
        await _setup.SetAsync(_stage.KeyId, true, [.. people.Skip(2)]);

        await _stage.DieAsync();
        (await _stage.PassAsync(Lane.Adds)).ShouldBe(RunEnd.Held, "the next host has it, too");
        await _setup.SetAsync(_stage.KeyId, false, people[1]);
        await _stage.PassAsync(Lane.Removals);
        _platform.Members.ShouldBeEmpty("removals continue");
        _workspace.Clock.Advance(CallBudget.UsageValidFor);
        await _stage.PassAsync(Lane.Adds);

        _platform.Members.Count.ShouldBe(1, "one call is made to read the usage, which is unchanged");
        (await _stage.PassAsync(Lane.Adds)).ShouldBe(RunEnd.Held);
    }

    [Fact]
    public async Task A_platform_that_reports_full_usage_is_not_called_for_the_time_it_reports()
    {
        _platform.Usage = new AccountUsage(100, TimeSpan.FromMinutes(7));
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(1)]);

        await _stage.RoundAsync();

        (await _stage.AccountAsync()).BlockedUntil.ShouldBe(TestWorkspace.Start + TimeSpan.FromMinutes(7));
        (await ForecastAsync()).ShouldSatisfyAllConditions(
            f => f.State.ShouldBe("throttled"),
            f => f.Code.ShouldBe(CallBudget.Code),
            f => f.DrainsInS.ShouldBe(0)
        );
    }

    [Fact]
    public async Task Changes_are_collected_longer_the_less_budget_is_left()
    {
        var budget = _stage.Budget();
        var lease = (await new LeaseStore(_workspace.Database, "hand").TryClaimAsync("account:main", default)).ShouldNotBeNull();
        var factors = new List<double>();
        for (var call = 0; call < 8; call++)
        {
            (await budget.TakeAsync(lease, MemberOperation.Add, default)).ShouldBeNull();
            factors.Add(budget.FlushFactor());
        }

        factors.Take(5).ShouldAllBe(factor => factor == 1);
        factors[5].ShouldBeGreaterThan(2);
        factors[7].ShouldBe(8, tolerance: 0.01);
        (await budget.TakeAsync(lease, MemberOperation.Add, default)).ShouldNotBeNull();
        _workspace.Clock.Advance(TimeSpan.FromSeconds(64));
        budget.FlushFactor().ShouldBe(1);
    }

    [Fact]
    public async Task The_forecast_shows_when_pending_changes_will_have_been_sent()
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(88)]);
        await _stage.RoundAsync();

        var forecast = await ForecastAsync();

        forecast.PendingCalls.ShouldBe(80);
        forecast.Budget.ShouldBe([new AllowanceUse("minute", 10, 8), new AllowanceUse("day", 1_000, 8)]);
        forecast.DrainsInS.ShouldBe(600, "80 adds at 8 a minute");
    }

    private async Task<AccountForecast> ForecastAsync()
    {
        var now = _workspace.Clock.GetUtcNow();
        var limits = new Dictionary<string, DestinationLimits> { ["main"] = _platform.Limits };
        var bindings = await new StatusQueries(_workspace.Database).ReadBindingsAsync(now, default);
        return (await new AccountForecasts(_workspace.Database, limits).ReadAsync(bindings, now, default)).ShouldHaveSingleItem();
    }
}
