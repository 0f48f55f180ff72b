using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync.Resyncs;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>The sessions by which an exclusive binding is resynced: batches, what changes meanwhile, time-outs and crashes.</summary>
public sealed class ReplacementSessionTests : IAsyncLifetime
{
    private readonly Wake _wake = new(TimeProvider.System);
    private TestWorkspace _workspace = null!;
    private MemberSetup _setup = null!;
    private ReplacingPlatform _platform = null!;
    private SyncStage _stage = null!;
    private List<PersonId> _people = [];

    public async Task InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync([null]);
        _setup = new MemberSetup(_workspace);
        _platform = new ReplacingPlatform(_workspace.Clock, membersPerCall: 5);
        _stage = await SyncStage.CreateAsync(_workspace, _setup, _platform, exclusive: true);
        _people = await _setup.AddPersonAsync(13);
        await _setup.SetAsync(_stage.KeyId, true, [.. _people.Take(12)]);
        await SettleAsync();
        _workspace.Clock.Advance(TimeSpan.FromHours(1));
        _platform.Held.Add("stranger@elsewhere.example");
        _platform.Held.Remove(_setup.EmailOf(_people[3]));
        _platform.Calls.Clear();
        var queries = new ResyncQueries(_workspace.Database);
        await queries.BeginAsync(await queries.PlanAsync("main", null, default), "ann", null, _workspace.Clock.GetUtcNow(), default);
    }

    public async Task DisposeAsync()
    {
        _wake.Dispose();
        await _workspace.DisposeAsync();
    }

    [Fact]
    public async Task All_batches_are_sent_in_order_and_nothing_else()
    {
        await SettleAsync();

        _platform.Calls.ShouldBe(["batch 1 of 3", "batch 2 of 3", "batch 3 of 3"]);
        await ShouldHoldAsync(_people.Take(12));
    }

    [Fact]
    public async Task What_changes_while_a_session_is_open_waits_for_its_end_and_is_sent_then()
    {
        _platform.AfterBatch = async batch =>
        {
            if (batch == 1)
            {
                _workspace.Clock.Advance(TimeSpan.FromSeconds(1));
                await _setup.SetAsync(_stage.KeyId, false, _people[0], _people[11]);
                await _setup.SetAsync(_stage.KeyId, true, _people[12]);
            }
        };

        await SettleAsync();

        _platform.Calls.ShouldBe(["batch 1 of 3", "batch 2 of 3", "batch 3 of 3", "Remove 2", "Add 1"], "removals first");
        await ShouldHoldAsync(_people.Skip(1).Take(10).Append(_people[12]));
    }

    [Fact]
    public async Task A_session_that_took_too_long_begins_again_with_another()
    {
        _platform.AfterBatch = batch =>
        {
            _platform.AfterBatch = _ => Task.CompletedTask;
            _workspace.Clock.Advance(TimeSpan.FromMinutes(95));
            return Task.CompletedTask;
        };

        await SettleAsync();

        _platform.Calls.Count(call => call == "batch 1 of 3").ShouldBe(2);
        _platform.Calls[^1].ShouldBe("batch 3 of 3");
        await ShouldHoldAsync(_people.Take(12));
    }

    [Fact]
    public async Task A_host_that_dies_between_two_batches_leaves_the_session_to_the_next()
    {
        _platform.AfterBatch = _ =>
        {
            _platform.AfterBatch = _ => Task.CompletedTask;
            throw new OperationCanceledException("the process died");
        };
        await Should.ThrowAsync<OperationCanceledException>(SettleAsync);
        await _stage.DieAsync();

        await SettleAsync();

        _platform.Calls.ShouldBe(["batch 1 of 3", "batch 1 of 3", "batch 2 of 3", "batch 3 of 3"]);
        await ShouldHoldAsync(_people.Take(12));
    }

    private async Task ShouldHoldAsync(IEnumerable<PersonId> people)
    {
        _platform.Held.ShouldBe(people.Select(_setup.EmailOf), ignoreOrder: true);
        (await _workspace.AskAsync<long>("select count(*) from resyncs where finished_at is null")).ShouldBe(0);
    }

    private async Task SettleAsync()
    {
        for (var rounds = 0; rounds < 10; rounds++)
        {
            for (var more = true; more; )
            {
                more = await _stage.LoopRoundAsync(_wake);
            }

            _workspace.Clock.Advance(TimeSpan.FromMinutes(1));
        }
    }
}
