using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync.Resyncs;

namespace AudienceSync.Host.Tests.Removals;

/// <summary>
/// A resync of a remote audience that is ours alone also removes the members that others added, and no moment is empty; of any other, it
/// removes only what we added.
/// </summary>
public sealed class ExclusiveResyncTests
{
    private static readonly PersonIdentifiers Ann = new("ann", "ann@shop.example", null, "US");
    private static readonly PersonIdentifiers Bob = new("bob", "bob@shop.example", "+15559876543", "US");
    private static readonly PersonIdentifiers Gone = new("gone", "gone@shop.example", null, "US");
    private static readonly PersonIdentifiers Stranger = new(null, "stranger@elsewhere.example", null, "US");

    [Theory]
    [InlineData("meta", true, false)]
    [InlineData("meta", false, true)]
    [InlineData("google", true, false)]
    [InlineData("google", false, true)]
    [InlineData("tiktok", true, true)]
    [InlineData("webhook", true, true)]
    public async Task Members_of_others_go_only_where_the_binding_is_exclusive_and_the_platform_can_replace_all(
        string platform,
        bool exclusive,
        bool strangerStays
    )
    {
        await using var stage = await ListStage.OpenAsync();
        await using var list = await SandboxList.OpenAsync(platform, stage.Workspace.Clock);
        await stage.BindAsync(platform, SandboxList.Remote, list.Destination, exclusive);
        await stage.AddAsync(Ann);
        await stage.SettleAsync();
        var ofAnn = await list.HeldAsync();
        await stage.AddAsync(Bob);
        await stage.AddAsync(Gone);
        await stage.SettleAsync();
        await stage.RemoveAsync(Gone);
        await stage.SettleAsync();
        var ours = await list.HeldAsync();
        await list.Destination.SendAsync(Call(list, MemberOperation.Add, Stranger), default);
        await list.Destination.SendAsync(Call(list, MemberOperation.Add, Gone), default);
        await list.Destination.SendAsync(Call(list, MemberOperation.Remove, Bob), default);
        stage.Workspace.Clock.Advance(TimeSpan.FromHours(2));
        var before = await list.HeldAsync();
        before.Except(ours).Count().ShouldBeGreaterThanOrEqualTo(2, "a stranger came, and someone whom we removed is back");
        ours.Except(before).ShouldNotBeEmpty("Bob was lost");

        await BeginAsync(stage, platform);
        for (var minutes = 0; !await stage.Workspace.AskAsync<bool>("select finished_at is not null from resyncs"); minutes++)
        {
            minutes.ShouldBeLessThan(300, "the resync never ends");
            await stage.Accounts[platform].RoundsAsync();
            (await list.HeldAsync()).ShouldContain(ofAnn[0], "no moment is without the members that stay");
            stage.Workspace.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        await stage.SettleAsync();
        stage.Workspace.Clock.Advance(TimeSpan.FromHours(2));
        var strangers = (await list.HeldAsync()).Except(ours).ToList();
        strangers.Count.ShouldBe(strangerStays ? 1 : 0, string.Join(' ', strangers));
        ours.ShouldBeSubsetOf(await list.HeldAsync());
        (await stage.Workspace.RowsAsync("select status from ledger order by status")).ShouldBe(
            ["0", "2", "2"],
            "the ledger was right all the time"
        );
    }

    private static MemberCall Call(SandboxList list, MemberOperation operation, PersonIdentifiers person) =>
        new(new RemoteAudienceId(SandboxList.Remote), operation, [new Member(person, list.Destination.Normalizer)]);

    private static async Task BeginAsync(ListStage stage, string destination)
    {
        var queries = new ResyncQueries(stage.Workspace.Database);
        await queries.BeginAsync(
            await queries.PlanAsync(destination, null, default),
            "ann",
            null,
            stage.Workspace.Clock.GetUtcNow(),
            default
        );
    }
}
