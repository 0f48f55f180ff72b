using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Syncing;

public sealed class AccountLoopTests
{
    [Fact]
    public async Task Removals_go_before_adds_however_many_pages_there_are()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var (setup, platform) = (new MemberSetup(workspace), new ScriptedPlatform(membersPerCall: 5));
        var stage = await SyncStage.CreateAsync(workspace, setup, platform);
        var people = await setup.AddPersonAsync(40);
        await setup.SetAsync(stage.KeyId, true, [.. people.Take(20)]);
        await RunUntilAsync(stage, workspace, () => platform.Members.Count == 20);
        platform.Calls.Clear();
        await setup.SetAsync(stage.KeyId, true, [.. people.Skip(20)]);
        await setup.SetAsync(stage.KeyId, false, [.. people.Take(20)]);

        await RunUntilAsync(stage, workspace, () => platform.Calls.Count >= 8);

        platform
            .Calls.Select(call => call.Operation)
            .ShouldBe([.. Enumerable.Repeat(MemberOperation.Remove, 4), .. Enumerable.Repeat(MemberOperation.Add, 4)]);
        stage.ShouldBeInSync("both lanes are drained");
    }

    [Fact]
    public async Task Removals_that_arrive_while_adds_are_sent_go_before_the_adds_of_the_next_audience()
    {
        await using var workspace = await TestWorkspace.CreateAsync(null, null);
        var (setup, platform) = (new MemberSetup(workspace), new ScriptedPlatform(membersPerCall: 5));
        var stage = await SyncStage.CreateAsync(workspace, setup, platform);
        var other = workspace.Keys.ByName("k1_v1")!.KeyId;
        await workspace.BindAsync(1, "main", "1002");
        var people = await setup.AddPersonAsync(3);
        using var wake = new Wake(TimeProvider.System);
        await setup.SetAsync(other, true, people[0]);
        await stage.LoopRoundAsync(wake);
        platform.Calls.Clear();
        await setup.SetAsync(stage.KeyId, true, people[1]);
        await setup.SetAsync(other, true, people[2]);
        platform.During = async _ =>
        {
            platform.During = _ => Task.CompletedTask;
            await setup.SetAsync(other, false, people[0]);
        };

        await stage.LoopRoundAsync(wake);

        platform.Calls.Select(call => $"{call.Operation} {call.Audience}").ShouldBe(["Add 1001", "Remove 1002", "Add 1002"]);
    }

    [Fact]
    public async Task Adds_of_every_audience_make_progress_however_many_removals_arrive()
    {
        await using var workspace = await TestWorkspace.CreateAsync(null, null);
        var (setup, platform) = (new MemberSetup(workspace), new ScriptedPlatform(membersPerCall: 5));
        var stage = await SyncStage.CreateAsync(workspace, setup, platform);
        var other = workspace.Keys.ByName("k1_v1")!.KeyId;
        await workspace.BindAsync(1, "main", "1002");
        var people = new Queue<PersonId>(await setup.AddPersonAsync(40));
        using var wake = new Wake(TimeProvider.System);
        await setup.SetAsync(stage.KeyId, true, [.. people.Take(35)]);
        for (var round = 0; round < 8; round++)
        {
            await stage.LoopRoundAsync(wake);
        }

        platform.Calls.Clear();
        await setup.SetAsync(stage.KeyId, true, [.. people.Skip(35).Take(2)]);
        await setup.SetAsync(other, true, [.. people.Skip(37)]);
        platform.During = _ => people.Count > 5 ? setup.SetAsync(stage.KeyId, false, people.Dequeue()) : Task.CompletedTask;

        await stage.LoopRoundAsync(wake);

        platform
            .Calls.Select(call => $"{call.Operation} {call.Audience}")
            .Where(call => call.StartsWith("Add", StringComparison.Ordinal))
            .ShouldBe(["Add 1001", "Add 1002"]);
    }

    [Fact]
    public async Task A_removal_that_becomes_due_while_other_calls_are_made_goes_before_adds()
    {
        await using var workspace = await TestWorkspace.CreateAsync(null, null);
        var (setup, platform) = (new MemberSetup(workspace), new ScriptedPlatform(membersPerCall: 5));
        var stage = await SyncStage.CreateAsync(workspace, setup, platform);
        var other = workspace.Keys.ByName("k1_v1")!.KeyId;
        await workspace.BindAsync(1, "main", "1002");
        var people = await setup.AddPersonAsync(3);
        using var wake = new Wake(TimeProvider.System);
        await setup.SetAsync(stage.KeyId, true, people[0]);
        await setup.SetAsync(other, true, people[1]);
        await stage.LoopRoundAsync(wake);
        platform.Calls.Clear();
        await setup.SetAsync(stage.KeyId, false, people[0]);
        await setup.SetAsync(stage.KeyId, true, people[2]);
        await setup.SetAsync(other, false, people[1]);
        platform.Fault = _ => platform.Calls.Count == 1 ? PlatformFault.LostUnapplied : PlatformFault.None;
        platform.During = _ =>
        {
            workspace.Clock.Advance(TimeSpan.FromSeconds(30));
            return Task.CompletedTask;
        };

        await stage.LoopRoundAsync(wake);
        await stage.LoopRoundAsync(wake);

        platform
            .Calls.Select(call => $"{call.Operation} {call.Audience}")
            .ShouldBe(["Remove 1001", "Remove 1002", "Remove 1001", "Add 1001"]);
    }

    [Fact]
    public async Task A_throttled_account_is_not_called_until_its_time_and_then_continues()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var (setup, platform) = (new MemberSetup(workspace), new ScriptedPlatform(membersPerCall: 5));
        var stage = await SyncStage.CreateAsync(workspace, setup, platform);
        await setup.SetAsync(stage.KeyId, true, [.. await setup.AddPersonAsync(7)]);
        platform.Fault = _ => PlatformFault.Throttled;
        await RunUntilAsync(stage, workspace, StillAfter(5, () => platform.Calls.Count > 0));
        platform.Fault = _ => PlatformFault.None;

        await RunUntilAsync(stage, workspace, StillAfter(5, () => true));
        platform.Calls.Count.ShouldBe(1, "no calls are made while the account is blocked");
        workspace.Clock.Advance(ScriptedPlatform.ThrottleWait);
        await RunUntilAsync(stage, workspace, () => platform.Members.Count == 7);

        stage.ShouldBeInSync("the account is unblocked");
    }

    [Fact]
    public async Task A_stopped_audience_is_not_called_and_does_not_block_the_other()
    {
        await using var workspace = await TestWorkspace.CreateAsync(null, null);
        var (setup, platform) = (new MemberSetup(workspace), new ScriptedPlatform(membersPerCall: 5));
        var stage = await SyncStage.CreateAsync(workspace, setup, platform);
        var other = workspace.Keys.ByName("k1_v1")!.KeyId;
        await workspace.BindAsync(1, "main", "1002");
        platform.Fault = call => call.Audience.Value == "1001" ? PlatformFault.AudienceStopped : PlatformFault.None;
        var people = await setup.AddPersonAsync(6);
        await setup.SetAsync(stage.KeyId, true, [.. people]);
        await setup.SetAsync(other, true, [.. people]);

        await RunUntilAsync(stage, workspace, StillAfter(5, () => platform.Members.Count == 6));

        platform.Calls.Count(call => call.Audience.Value == "1001").ShouldBe(1);
        platform.Calls.Count(call => call.Audience.Value == "1002").ShouldBe(2);
    }

    [Fact]
    public async Task A_broken_connection_ends_a_round_and_not_the_loop()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var (setup, platform) = (new MemberSetup(workspace), new ScriptedPlatform(membersPerCall: 5));
        var stage = await SyncStage.CreateAsync(workspace, setup, platform);
        await setup.SetAsync(stage.KeyId, true, [.. await setup.AddPersonAsync(20)]);
        platform.During = async _ =>
        {
            platform.During = _ => Task.CompletedTask;
            await workspace.KillAsync();
        };

        await RunUntilAsync(stage, workspace, () => platform.Members.Count == 20);

        await stage.SettleAsync();
        stage.ShouldBeInSync("the loop continued");
        (await stage.LedgerAsync()).ShouldAllBe(row => row == "2 1 1 ");
    }

    // A few more polls, so that the response of the last call is in the ledger and an extra call would be seen.
    private static Func<bool> StillAfter(int polls, Func<bool> reached) => () => reached() && polls-- == 0;

    // Runs the loop until a condition holds, then stops it, as in a graceful shutdown.
    private static async Task RunUntilAsync(SyncStage stage, TestWorkspace workspace, Func<bool> reached)
    {
        using var wake = new Wake(TimeProvider.System);
        using var pause = new Wake(TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var running = Task.Run(() => stage.Loop(wake).RunAsync(stop.Token));
        for (var polls = 0; !reached(); polls++)
        {
            polls.ShouldBeLessThan(500, "the loop made no progress");
            wake.Signal();
            await pause.WaitAsync(TimeSpan.FromMilliseconds(20), default);
        }

        await stop.CancelAsync();
        await running;
        (await workspace.AskAsync<bool>("select until < clock_timestamp() from leases where name = 'account:main'")).ShouldBeTrue(
            "the lease was released"
        );
    }
}
