using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>The end of a job is logged like the outcome of a call: who, and what became of them.</summary>
public sealed class JobDeliveryTests : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;
    private MemberSetup _setup = null!;
    private QueuedPlatform _platform = null!;
    private SyncStage _stage = null!;

    public async Task InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync([null]);
        _setup = new MemberSetup(_workspace);
        _platform = new QueuedPlatform(_workspace.Clock, membersPerCall: 10);
        _stage = await SyncStage.CreateAsync(_workspace, _setup, _platform);
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(3)]);
    }

    public async Task DisposeAsync() => await _workspace.DisposeAsync();

    [Fact]
    public async Task A_confirmed_job_confirms_its_people()
    {
        await _stage.SettleAsync();
        (await DeliveriesAsync()).ShouldBe(["1  1 1 done 3 {accepted} "]);
        await EndAsync();

        (await DeliveriesAsync()).ShouldBe(["1  1 1 done 3 {accepted} ", "1 1 1 1 confirmed 3 {confirmed} "]);
        (await _workspace.AskAsync<long>("select count(distinct people) from deliveries")).ShouldBe(1, "the same people in the same order");
        (await RunAsync()).ShouldBe("2 {3,0,0} {0,0,0}");
    }

    [Fact]
    public async Task Members_that_a_job_names_as_rejected_are_rejected_in_its_row_and_in_the_run()
    {
        _platform.Report = _ => new JobReport(JobState.Confirmed, [new RefusedMember(1, "bad_format")], "partly", RejectedCount: 1);
        await _stage.SettleAsync();
        await EndAsync();

        (await DeliveriesAsync())[1].ShouldBe("1 1 1 2 partly 3 {confirmed,rejected:bad_format} {1,2,1}");
        (await RunAsync()).ShouldBe("3 {2,0,0} {1,0,0}");
    }

    [Fact]
    public async Task Where_only_a_number_is_rejected_no_member_counts_as_confirmed()
    {
        _platform.Report = _ => new JobReport(JobState.Confirmed, [], "partly", RejectedCount: 2);
        await _stage.SettleAsync();
        await EndAsync();

        (await DeliveriesAsync())[1].ShouldBe("1 1 1 2 partly 3 {in_doubt:partly} ");
        (await RunAsync()).ShouldBe("3 {1,0,0} {2,0,0}");
    }

    [Fact]
    public async Task A_failed_job_leaves_its_people_in_doubt_and_takes_back_what_was_accepted()
    {
        _platform.Fate = call => call == 0 ? JobState.Failed : JobState.Confirmed;
        await _stage.SettleAsync();
        await EndAsync();

        (await DeliveriesAsync())[1].ShouldBe("1 1 1 3 test_Failed 3 {in_doubt:test_Failed} ");
        (await RunAsync()).ShouldBe("2 {0,0,0} {0,0,0}");
    }

    private async Task EndAsync()
    {
        _workspace.Clock.Advance(TimeSpan.FromMinutes(5));
        await _stage.PollJobAsync();
    }

    private async Task<string> RunAsync() =>
        (await _workspace.RowsAsync("select state, accepted::text, rejected::text from runs where run_id = 1")).ShouldHaveSingleItem();

    private Task<List<string>> DeliveriesAsync() =>
        _workspace.RowsAsync(
            "select call_id, job_id, kind, outcome, code, cardinality(people), results::text, "
                + "codes::text from deliveries order by delivery_id"
        );
}
