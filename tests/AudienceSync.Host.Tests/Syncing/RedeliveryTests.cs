using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Resyncs;
using AudienceSync.Host.Tests.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>
/// A resync at a platform that executes calls later, where an add and a removal of one person may never run at the same time.
/// </summary>
public sealed class RedeliveryTests : IAsyncLifetime
{
    private const int Page = 10;

    private TestWorkspace _workspace = null!;
    private MemberSetup _setup = null!;
    private QueuedPlatform _platform = null!;
    private SyncStage _stage = null!;

    public async Task InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync([null]);
        _setup = new MemberSetup(_workspace);
        _platform = new QueuedPlatform(_workspace.Clock, Page);
        _stage = await SyncStage.CreateAsync(_workspace, _setup, _platform);
    }

    public async Task DisposeAsync() => await _workspace.DisposeAsync();

    [Fact]
    public async Task A_list_with_jobs_is_repaired_while_members_come_and_go()
    {
        var people = await _setup.AddPersonAsync(45);
        await _setup.SetAsync(_stage.KeyId, true, [.. people.Take(40)]);
        await SettleAsync();
        await _setup.SetAsync(_stage.KeyId, false, [.. people.Take(8)]);
        await SettleAsync();
        _platform.Members.ExceptWith(people.Skip(10).Take(20).Select(_setup.EmailOf));
        _platform.Members.UnionWith(people.Take(3).Select(_setup.EmailOf));
        var calls = _platform.Calls.Count;

        await BeginAsync();
        await _setup.SetAsync(_stage.KeyId, false, people[30], people[31]);
        await _setup.SetAsync(_stage.KeyId, true, people[44], people[7]);
        await SettleAsync();

        _platform.Members.ShouldBe(
            people.Skip(7).Where((_, n) => n is not (23 or 24) and (< 33 or 37)).Select(_setup.EmailOf),
            ignoreOrder: true
        );
        _platform
            .Calls.Skip(calls)
            .Sum(call => call.Members.Count)
            .ShouldBeLessThanOrEqualTo(32 + 8 + (2 * 4), "every member once, and members who changed meanwhile at most twice");
        (await _workspace.AskAsync<bool>("select finished_at is not null from resyncs")).ShouldBeTrue();
        (await _stage.LedgerAsync()).ShouldAllBe(row => row == "2 1 1 " || row == "0 1 1 ");
    }

    [Fact]
    public async Task A_member_held_by_a_job_is_not_marked_and_one_the_platform_refused_is_not_sent()
    {
        var people = await _setup.AddPersonAsync(6);
        await _setup.SetAsync(_stage.KeyId, true, [.. people]);
        await SettleAsync();
        await _workspace.ExecuteAsync($"update ledger set status = 4, reason = 'refused' where person = '{people[0].Value}'");
        await _workspace.ExecuteAsync($"update ledger set job_id = 4711 where person = '{people[1].Value}'");
        var calls = _platform.Calls.Count;

        await BeginAsync();
        await SettleAsync();

        _platform
            .Calls.Skip(calls)
            .SelectMany(call => call.Members)
            .Select(member => member.Identifiers.Email)
            .ShouldBe(people.Skip(2).Select(_setup.EmailOf), ignoreOrder: true);
    }

    private async Task BeginAsync()
    {
        var queries = new ResyncQueries(_workspace.Database);
        await queries.BeginAsync(await queries.PlanAsync("main", null, default), "ann", null, _workspace.Clock.GetUtcNow(), default);
    }

    private async Task SettleAsync()
    {
        var again = new Redelivery(
            new RedeliveryStore(_workspace.Database),
            _stage.Exclusive(),
            _platform.Limits,
            _workspace.Clock,
            NullLogger.Instance
        );
        var rounds = 0;
        bool more;
        do
        {
            (++rounds).ShouldBeLessThan(60, "the stage never settles");
            await _stage.SettleAsync();
            more = await again.RunAsync(await _stage.LeaseAsync(), await _stage.BindingAsync(), default) == RunEnd.More;
            _workspace.Clock.Advance(TimeSpan.FromMinutes(4));
            await _stage.PollJobAsync();
        } while (more || !await _stage.RoundAsync() || await _workspace.AskAsync<long>("select count(*) from jobs where state = 1") > 0);
    }
}
