using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Tests.Syncing;
using AudienceSync.Host.Tests.Workspaces;
using AudienceSync.Host.Workspaces.Status;

namespace AudienceSync.Host.Tests.Removals;

/// <summary>What the ledger and the status show for removals that could not be made, or need not be.</summary>
public sealed class RemovalStatusTests
{
    private static readonly PersonIdentifiers Ann = new("ann", "ann@shop.example", null, "US");

    [Fact]
    public async Task A_member_delivered_by_a_newer_program_is_not_reported_absent_by_an_older_one()
    {
        await using var stage = await ListStage.OpenAsync();
        await using var list = await SandboxList.OpenAsync("tiktok", stage.Workspace.Clock);
        await stage.BindAsync("tiktok", SandboxList.Remote, list.Destination);
        await stage.AddAsync(Ann);
        await stage.SettleAsync();
        var own = await stage.Workspace.AskAsync<short>("select normalizer from ledger");
        await stage.Workspace.ExecuteAsync("update ledger set normalizer = 99");

        await stage.RemoveAsync(Ann);
        await stage.SettleAsync();

        (await list.HeldAsync()).Count.ShouldBe(1, "this program cannot remove Ann");
        (await stage.Workspace.RowsAsync("select status, reason from ledger")).ShouldBe([
            $"{(int)LedgerStatus.Removing} unknown_normalizer_version",
        ]);
        await stage.Workspace.ExecuteAsync($"update ledger set normalizer = {own}");
        (await new BindingStore(stage.Workspace.Database).RetryRefusedAsync("tiktok", default)).ShouldBe(1);
        await stage.SettleAsync();
        (await list.HeldAsync()).ShouldBeEmpty();
        (await stage.Workspace.RowsAsync("select status, reason from ledger")).ShouldBe(["0 "]);
    }

    [Fact]
    public async Task Refused_counts_only_desired_members()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var setup = new MemberSetup(workspace);
        var stage = await SyncStage.CreateAsync(workspace, setup, new ScriptedPlatform(membersPerCall: 10));
        var (refused, taken) = (await setup.AddPersonAsync("refused@shop.example"), await setup.AddPersonAsync("taken@shop.example"));
        await setup.SetAsync(stage.KeyId, true, refused, taken);
        await stage.SettleAsync();
        (await CountsAsync(workspace)).ShouldBe((2, 1, 1));

        await setup.SetAsync(stage.KeyId, false, refused);
        await stage.SettleAsync();

        (await CountsAsync(workspace)).ShouldBe((1, 1, 0), "desired is delivered and refused");
    }

    private static async Task<(long Desired, long Delivered, long Refused)> CountsAsync(TestWorkspace workspace)
    {
        var counts = (await new StatusQueries(workspace.Database).ReadBindingsAsync(TestWorkspace.Start, default)).ShouldHaveSingleItem();
        return (counts.Desired, counts.Delivered, counts.Refused);
    }
}
