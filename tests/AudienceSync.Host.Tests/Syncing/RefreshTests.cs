using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Ledger;
using AudienceSync.Host.Sync.Resyncs;
using AudienceSync.Host.Tests.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>A platform that drops members after a time never drops ours, and no member is redelivered too early.</summary>
public sealed class RefreshTests : IAsyncLifetime
{
    private const int People = 300;

    private readonly ScriptedPlatform _platform = new(membersPerCall: 50)
    {
        Limits = new DestinationLimits(50, TimeSpan.FromSeconds(30), OrderedCalls: true) { MembershipLifetime = TimeSpan.FromDays(540) },
    };

    private readonly Dictionary<string, DateTimeOffset> _lastAdd = new(StringComparer.Ordinal);

    private TestWorkspace _workspace = null!;
    private MemberSetup _setup = null!;
    private SyncStage _stage = null!;
    private Redelivery _redelivery = null!;

    public async Task InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync([null]);
        _setup = new MemberSetup(_workspace);
        _stage = await SyncStage.CreateAsync(_workspace, _setup, _platform);
        _redelivery = new Redelivery(
            new RedeliveryStore(_workspace.Database),
            _stage.Exclusive(),
            _platform.Limits,
            _workspace.Clock,
            NullLogger.Instance
        );
        _platform.During = call =>
        {
            foreach (var member in call.Members.Where(_ => call.Operation == MemberOperation.Add))
            {
                _lastAdd[member.Identifiers.Email!] = _workspace.Clock.GetUtcNow();
            }

            return Task.CompletedTask;
        };
    }

    public async Task DisposeAsync() => await _workspace.DisposeAsync();

    [Fact]
    public async Task Members_of_one_day_are_redelivered_between_360_and_450_days_spread_over_that_time()
    {
        var people = await _setup.AddPersonAsync(People);
        await _setup.SetAsync(_stage.KeyId, true, [.. people]);
        await _stage.SettleAsync();
        await _setup.SetAsync(_stage.KeyId, false, people[0]);
        await _stage.SettleAsync();
        var filled = _workspace.Clock.GetUtcNow();
        var days = new Dictionary<int, int>();
        for (var day = 1; day <= 460; day++)
        {
            _workspace.Clock.Advance(TimeSpan.FromDays(1));
            var before = _platform.Calls.Sum(call => call.Members.Count);
            await DayAsync();
            days[day] = _platform.Calls.Sum(call => call.Members.Count) - before;
        }

        days.Where(day => day.Key < 360).Sum(day => day.Value).ShouldBe(0, "too early");
        days.Where(day => day.Key is >= 360 and <= 451)
            .Sum(day => day.Value)
            .ShouldBe(People - 1, "each of them once, and no removed member");
        days.Values.Max().ShouldBeLessThan(People / 10, "spread over the days");
        _lastAdd.Where(add => add.Key != _setup.EmailOf(people[0])).ShouldAllBe(add => add.Value > filled);
        (await _stage.LedgerAsync()).Count(row => row == "2 1 1 ").ShouldBe(People - 1);
    }

    [Fact]
    public async Task A_new_revision_that_costs_no_call_does_not_restart_the_clock()
    {
        var ann = await _setup.AddPersonAsync("ann@shop.example");
        await _setup.SetAsync(_stage.KeyId, true, ann);
        await _stage.SettleAsync();
        var added = await _workspace.AskAsync<DateTime>("select updated_at from ledger");
        _workspace.Clock.Advance(TimeSpan.FromDays(100));

        await _workspace.ExecuteAsync("update ledger set normalizer = 1, status = 2");
        var delivered = new LedgerChange(ann, new LedgerEntry(LedgerStatus.Delivered, 2, _platform.Normalizer), null);
        await _stage.Deliveries.WriteOutcomeAsync(
            await _stage.LeaseAsync(),
            await _stage.BindingAsync(),
            new OutcomeWrite(Lane.Adds, new LaneState(null, 0)) { Ledger = [delivered] },
            _workspace.Clock.GetUtcNow(),
            default
        );

        (await _workspace.AskAsync<DateTime>("select updated_at from ledger")).ShouldBe(added);
        (await _stage.LedgerAsync()).ShouldBe(["2 2 1 "]);
    }

    // One day of work: the lanes, and the members that are marked when the lanes are drained.
    private async Task DayAsync()
    {
        RunEnd end;
        var deadline = Deadline.In();
        do
        {
            deadline.Check("the end of a day's work");
            await _stage.SettleAsync();
            end = await _redelivery.RunAsync(await _stage.LeaseAsync(), await _stage.BindingAsync(), default);
        } while (end == RunEnd.More);
    }
}
