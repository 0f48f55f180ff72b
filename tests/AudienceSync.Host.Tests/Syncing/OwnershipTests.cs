using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>Two hosts that both assume that they own an account.</summary>
public sealed class OwnershipTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_host_that_lost_the_account_during_a_call_records_nothing_and_the_next_owner_repairs_it(bool removedMeanwhile)
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var setup = new MemberSetup(workspace);
        var platform = new ScriptedPlatform(membersPerCall: 10);
        var stage = await SyncStage.CreateAsync(workspace, setup, platform);
        var people = await setup.AddPersonAsync(4);
        await setup.SetAsync(stage.KeyId, true, [.. people]);
        var other = new SyncStage(workspace, setup, stage.KeyId, "main", platform);
        platform.During = async _ =>
        {
            platform.During = _ => Task.CompletedTask;
            await setup.SetAsync(stage.KeyId, !removedMeanwhile, people[0]);
            await other.DieAsync();
            await other.SettleAsync();
        };

        await Should.ThrowAsync<LeaseLostException>(() => stage.PassAsync(Lane.Adds));
        var ledger = await stage.LedgerAsync();
        await other.SettleAsync();

        (await stage.LedgerAsync()).ShouldBe(ledger, "the late outcome was not written");
        stage.ShouldBeInSync("the next owner repaired it");
        (await workspace.AskAsync<long>("select count(distinct fence) from calls")).ShouldBe(1);
    }

    [Fact]
    public async Task A_host_that_lost_the_account_before_a_call_does_not_make_it()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var setup = new MemberSetup(workspace);
        var platform = new ScriptedPlatform(membersPerCall: 10);
        var stage = await SyncStage.CreateAsync(workspace, setup, platform);
        await stage.PassAsync(Lane.Adds);
        await setup.SetAsync(stage.KeyId, true, [.. await setup.AddPersonAsync(2)]);
        var other = new SyncStage(workspace, setup, stage.KeyId, "main", platform);
        await other.DieAsync();
        (await other.PassAsync(Lane.Removals)).ShouldBe(RunEnd.Empty);

        await Should.ThrowAsync<LeaseLostException>(() => stage.PassAsync(Lane.Adds));

        platform.Calls.ShouldBeEmpty();
        (await stage.LedgerAsync()).ShouldBeEmpty();
    }

    /// <summary>
    /// Otherwise another host could remove a member while a slow add of the same member is still in progress, and nobody would notice.
    /// </summary>
    [Fact]
    public async Task A_lease_outlasts_the_slowest_call_it_covers()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var setup = new MemberSetup(workspace);
        var platform = new ScriptedPlatform(membersPerCall: 10);
        var stage = await SyncStage.CreateAsync(workspace, setup, platform);
        await setup.SetAsync(stage.KeyId, true, [.. await setup.AddPersonAsync(2)]);
        var left = TimeSpan.Zero;
        platform.During = async _ =>
            left = await workspace.AskAsync<TimeSpan>("select until - clock_timestamp() from leases where name = 'account:main'");

        await stage.PassAsync(Lane.Adds);

        left.ShouldBeGreaterThan(platform.Limits.CallTimeout);
        (
            await workspace.AskAsync<TimeSpan>("select until - clock_timestamp() from leases where name = 'account:main'")
        ).ShouldBeLessThanOrEqualTo(LeaseStore.Time);
        platform.Calls.ShouldHaveSingleItem().Operation.ShouldBe(MemberOperation.Add);
    }
}
