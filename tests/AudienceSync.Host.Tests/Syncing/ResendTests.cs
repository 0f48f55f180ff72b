using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync.Resends;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Workspaces;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>What failed in a time is sent again as it is desired today, and never as it was tried then.</summary>
public sealed class ResendTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly DateTimeOffset Past = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ScriptedPlatform _platform = new(membersPerCall: 16);
    private TestWorkspace _workspace = null!;
    private MemberSetup _setup = null!;
    private SyncStage _stage = null!;
    private ResendStore _resends = null!;

    public async Task InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync([null]);
        _setup = new MemberSetup(_workspace);
        _stage = await SyncStage.CreateAsync(_workspace, _setup, _platform);
        _resends = new ResendStore(_workspace.Database);
    }

    public async Task DisposeAsync() => await _workspace.DisposeAsync();

    [Fact]
    public async Task Refused_adds_are_sent_again_but_not_of_those_who_left_and_only_once()
    {
        var people = await _setup.AddPersonAsync(6);
        _platform.Fault = _ => PlatformFault.CallRefused;
        await _setup.SetAsync(_stage.KeyId, true, [.. people]);
        await _stage.SettleAsync();
        _platform.Fault = _ => PlatformFault.None;
        await _setup.SetAsync(_stage.KeyId, false, people[0]);
        await _stage.SettleAsync();
        _platform.Members.ShouldBeEmpty("what was refused is not tried again by itself");

        var plan = await PlanAsync();
        (plan.Adds, plan.Removals, plan.Waiting, plan.Settled, plan.IsKept).ShouldBe((5, 0, 0, 1, false));
        plan.Failures.ShouldContain(new FailureCount("add", "rejected:row_fails_batch", 6));
        (await _workspace.AskAsync<long>("select count(*) from ledger where redeliver")).ShouldBe(0, "a plan changes nothing");

        await MarkAsync();
        (await PlanAsync()).Waiting.ShouldBe(5, "they are marked");
        await _stage.SettleAsync();
        _stage.ShouldBeInSync("everybody but the one who left");
        _platform.Members.Count.ShouldBe(5);

        var calls = _platform.Calls.Count;
        (await PlanAsync()).Settled.ShouldBe(6);
        await MarkAsync();
        await _stage.SettleAsync();
        _platform.Calls.Count.ShouldBe(calls, "a second request finds nothing to send");
        (await _workspace.RowsAsync("select adds, settled, asked_by, why from resends order by resend_id")).ShouldBe([
            "5 1 ann new token",
            "0 6 ann new token",
        ]);
    }

    [Fact]
    public async Task Refused_removals_and_adds_that_were_refused_without_names_are_sent_again()
    {
        var people = await _setup.AddPersonAsync(5);
        _platform.Fault = call => call.Operation == MemberOperation.Add ? PlatformFault.Unnamed : PlatformFault.CallRefused;
        await _setup.SetAsync(_stage.KeyId, true, [.. people]);
        await _stage.SettleAsync();
        await _setup.SetAsync(_stage.KeyId, false, people[0], people[1]);
        await _stage.SettleAsync();
        _platform.Fault = _ => PlatformFault.None;
        (await _stage.LedgerAsync()).Count(row => row == "3 1 1 row_fails_batch").ShouldBe(2);

        var plan = await PlanAsync();
        (plan.Adds, plan.Removals, plan.Settled).ShouldBe((3, 2, 0));
        plan.Failures.ShouldContain(new FailureCount("remove", "rejected:row_fails_batch", 2));
        plan.Failures.ShouldContain(new FailureCount("add", "in_doubt:some_refused", 5));

        await MarkAsync();
        await _stage.SettleAsync();
        _stage.ShouldBeInSync("today's members and nobody else");
    }

    [Fact]
    public async Task A_removal_that_waits_regularly_is_not_hastened_and_another_time_has_nothing()
    {
        var people = await _setup.AddPersonAsync(4);
        _platform.Fault = _ => PlatformFault.Unnamed;
        await _setup.SetAsync(_stage.KeyId, true, [.. people]);
        await _stage.SettleAsync();

        // The removal lane has not come to them: a plan may hold them.
        await _setup.SetAsync(_stage.KeyId, false, people[0], people[1]);
        var plan = await PlanAsync();
        (plan.Adds, plan.Removals, plan.Waiting).ShouldBe((2, 0, 2));
        await MarkAsync();
        (await _workspace.AskAsync<long>("select count(*) from ledger where redeliver")).ShouldBe(2);

        var before = await PlanAsync(new ResendWindow("main", null, Past, Past.AddDays(1)));
        (before.Adds, before.Waiting, before.Settled, before.Failures.Count).ShouldBe((0, 0, 0, 0));
        (await _resends.PlanAsync(new ResendWindow("main", "another", Past, null), default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task After_any_history_of_faults_a_resend_makes_the_list_equal_and_adds_nobody_who_is_no_member()
    {
        var random = Seeded.Random(output);
        var people = await _setup.AddPersonAsync(40);
        PlatformFault[] faults =
        [
            PlatformFault.None,
            PlatformFault.CallRefused,
            PlatformFault.Unnamed,
            PlatformFault.FirstRefused,
            PlatformFault.LostApplied,
            PlatformFault.LostUnapplied,
        ];
        for (var round = 0; round < 12; round++)
        {
            _platform.Fault = _ => faults[random.Next(faults.Length)];
            for (var change = 0; change < 4; change++)
            {
                var some = people.Where(_ => random.Next(5) == 0).ToArray();
                await _setup.SetAsync(_stage.KeyId, random.Next(3) > 0, some);
                await _stage.RoundAsync();
                _workspace.Clock.Advance(TimeSpan.FromHours(1));
            }

            _platform.Fault = _ => PlatformFault.None;
            await _stage.SettleAsync();
            var calls = _platform.Calls.Count;
            await MarkAsync();
            await _stage.SettleAsync();
            _stage.ShouldBeInSync($"round {round}");
            var wanted = people.Where(person => _setup.IsPresent(_stage.KeyId, person)).Select(_setup.EmailOf).ToHashSet();
            _platform
                .Calls.Skip(calls)
                .Where(call => call.Operation == MemberOperation.Add)
                .SelectMany(call => call.Members)
                .Select(member => member.Identifiers.Email!)
                .ShouldBeSubsetOf(wanted, $"round {round}");
            output.WriteLine($"round {round}: {_platform.Calls.Count - calls} calls");
        }
    }

    private Task<ResendList> PlanAsync() => PlanAsync(Window);

    private async Task<ResendList> PlanAsync(ResendWindow window) => (await _resends.PlanAsync(window, default)).ShouldHaveSingleItem();

    private Task<long> MarkAsync() => _resends.MarkAsync(Window, "ann", "new token", _workspace.Clock.GetUtcNow(), default);

    private static ResendWindow Window => new("main", null, Past, null);
}
