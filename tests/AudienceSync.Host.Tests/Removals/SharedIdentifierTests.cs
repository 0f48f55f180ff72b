using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.People.Erasure;

namespace AudienceSync.Host.Tests.Removals;

/// <summary>
/// Ann was delivered with an email address and more. Before the removal of Ann is accepted, Bob is delivered with the same address, which
/// then belongs to Bob. Ann's removal takes everything of Ann's, and Bob stays reachable; Bob's own removal takes the address.
/// </summary>
public sealed class SharedIdentifierTests
{
    private const string Email = "shared@shop.example";

    private static readonly PersonIdentifiers Ann = new("ann", Email, null, "US")
    {
        Details = new PersonDetails
        {
            FirstName = "Ann",
            LastName = "Archer",
            PostalCode = "10001",
            Country = "US",
            DeviceId = "ea7583cd-a667-48bc-b806-42ecb2b48606",
        },
    };

    private static readonly PersonIdentifiers Bob = new("bob", Email, null, "US");

    public static TheoryData<string, string> Everywhere()
    {
        var cases = new TheoryData<string, string>();
        foreach (var platform in new[] { "webhook", "meta", "tiktok", "google" })
        {
            foreach (var way in new[] { "removal", "suppression", "consent withdrawal", "removal and erasure" })
            {
                cases.Add(platform, way);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Everything_delivered_for_a_person_is_removed_although_their_address_now_belongs_to_another(
        string platform,
        string way
    )
    {
        await using var stage = await ListStage.OpenAsync();
        await using var list = await SandboxList.OpenAsync(platform, stage.Workspace.Clock);
        await stage.BindAsync(platform, SandboxList.Remote, list.Destination);
        await stage.AddAsync(Ann);
        await stage.SettleAsync();
        (await list.HeldAsync()).Count.ShouldBe(
            platform switch
            {
                "tiktok" => 1,
                "meta" => 7,
                _ => 2,
            }
        );

        list.RemovalsFailing = true;
        await (
            way switch
            {
                "suppression" => stage.SuppressAsync(Ann with { Email = null }),
                "consent withdrawal" => stage.WithdrawAsync(Ann with { Email = null }),
                _ => stage.RemoveAsync(Ann with { Email = null }),
            }
        );
        await stage.Accounts[platform].RoundsAsync();
        await stage.AddAsync(Bob);
        await stage.Accounts[platform].RoundsAsync();
        (await stage.Workspace.RowsAsync("select l.status from ledger l join people p using (person) order by p.created_at")).ShouldBe(
            ["3", "2"],
            "Ann is still there, and so is Bob"
        );
        list.RemovalsFailing = false;
        await stage.SettleAsync();

        (await list.HeldAsync()).ShouldBe(OfBob(platform), ignoreOrder: true, "nothing of Ann's, and all of Bob's");
        if (way == "removal and erasure")
        {
            await EraseAnnAsync(stage, platform);
            (await list.HeldAsync()).ShouldBe(OfBob(platform), ignoreOrder: true, "nothing of Ann's, and all of Bob's");
        }

        await stage.RemoveAsync(Bob);
        await stage.SettleAsync();
        (await list.HeldAsync()).ShouldBeEmpty("the address is removed with its owner");
    }

    [Theory]
    [InlineData("webhook")]
    [InlineData("meta")]
    [InlineData("google")]
    public async Task Other_identifiers_are_removed_when_address_and_phone_now_belong_to_another(string platform)
    {
        await using var stage = await ListStage.OpenAsync();
        await using var list = await SandboxList.OpenAsync(platform, stage.Workspace.Clock);
        await stage.BindAsync(platform, SandboxList.Remote, list.Destination);
        var ann = Ann with { Phone = "+12125550142" };
        var bob = Bob with { Phone = ann.Phone };
        await stage.AddAsync(ann);
        await stage.SettleAsync();
        list.RemovalsFailing = true;
        await stage.RemoveAsync(ann with { Email = null, Phone = null });
        await stage.Accounts[platform].RoundsAsync();
        await stage.AddAsync(bob);
        await stage.Accounts[platform].RoundsAsync();
        list.RemovalsFailing = false;
        await stage.SettleAsync();

        var left = await list.HeldAsync();
        await stage.RemoveAsync(bob);
        await stage.SettleAsync();
        (await list.HeldAsync()).ShouldBeEmpty();
        await stage.AddAsync(bob);
        await stage.SettleAsync();
        left.ShouldBe(await list.HeldAsync(), ignoreOrder: true, "what is left after Ann's removal is what Bob alone is delivered with");
    }

    [Theory]
    [InlineData("webhook")]
    [InlineData("meta")]
    [InlineData("tiktok")]
    [InlineData("google")]
    public async Task A_resync_keeps_what_belongs_to_another_person_and_removes_the_rest(string platform)
    {
        await using var stage = await ListStage.OpenAsync();
        await using var list = await SandboxList.OpenAsync(platform, stage.Workspace.Clock);
        await stage.BindAsync(platform, SandboxList.Remote, list.Destination);
        await stage.AddAsync(Ann);
        await stage.SettleAsync();
        await stage.AddAsync(Bob);
        await stage.RemoveAsync(Ann with { Email = null });
        await stage.SettleAsync();

        // The state left by an older program that skipped the whole removal.
        await stage.AddAsync(Ann with { Email = null });
        await stage.SettleAsync();
        await stage.RemoveAsync(Ann with { Email = null });
        await stage.Workspace.ExecuteAsync(
            "update ledger l set status = 0 from people p where p.person = l.person and l.person in "
                + "(select person from membership where state <> 1)"
        );
        await stage.Workspace.ExecuteAsync(
            "insert into resyncs (binding_id, asked_by, asked_at, planned) select binding_id, 'test', now(), 2 from bindings"
        );
        await stage.SettleAsync();

        (await list.HeldAsync()).ShouldBe(OfBob(platform), ignoreOrder: true);
    }

    [Theory]
    [InlineData("webhook")]
    [InlineData("meta")]
    [InlineData("tiktok")]
    [InlineData("google")]
    public async Task A_new_address_replaces_one_that_now_belongs_to_another_who_keeps_it(string platform)
    {
        await using var stage = await ListStage.OpenAsync();
        await using var list = await SandboxList.OpenAsync(platform, stage.Workspace.Clock);
        await stage.BindAsync(platform, SandboxList.Remote, list.Destination);
        await stage.AddAsync(Ann with { Details = null });
        await stage.SettleAsync();
        list.RemovalsFailing = true;
        await stage.AddAsync(Bob);
        await stage.Accounts[platform].RoundsAsync();
        await stage.AddAsync(new PersonIdentifiers("ann", "own@shop.example", null, "US"));
        await stage.Accounts[platform].RoundsAsync();
        list.RemovalsFailing = false;
        await stage.SettleAsync();

        var ofAnn =
            platform == "webhook"
                ? new[] { $"{EmailKey(platform)}:{Hash("own@shop.example")}", $"external_id:{Hash("ann")}" }
                : [$"{EmailKey(platform)}:{Hash("own@shop.example")}"];
        (await list.HeldAsync()).ShouldBe([.. OfBob(platform), .. ofAnn], ignoreOrder: true);
        await stage.RemoveAsync(Bob);
        await stage.SettleAsync();
        (await list.HeldAsync()).ShouldBe(ofAnn, ignoreOrder: true);
    }

    [Fact]
    public async Task A_device_that_two_members_share_stays_until_both_have_left()
    {
        await using var stage = await ListStage.OpenAsync();
        await using var list = await SandboxList.OpenAsync("meta", stage.Workspace.Clock);
        await stage.BindAsync("meta", SandboxList.Remote, list.Destination);
        var device = new PersonDetails { DeviceId = Ann.Details!.DeviceId };
        await stage.AddAsync(new PersonIdentifiers("ann", "ann@shop.example", null, "US") { Details = device });
        await stage.AddAsync(new PersonIdentifiers("bob", "bob@shop.example", null, "US") { Details = device });
        await stage.SettleAsync();

        await stage.RemoveAsync(new PersonIdentifiers("ann", null, null, "US"));
        await stage.SettleAsync();
        (await list.HeldAsync()).ShouldBe([$"EMAIL:{Hash("bob@shop.example")}", $"MADID:{Hash(device.DeviceId!)}"], ignoreOrder: true);

        await stage.RemoveAsync(new PersonIdentifiers("bob", null, null, "US"));
        await stage.SettleAsync();
        (await list.HeldAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_member_removed_together_with_another_person_is_redelivered_when_the_job_has_ended()
    {
        await using var stage = await ListStage.OpenAsync();
        var list = new ListedPlatform(Connectors.Platform.Google, stage.Workspace.Clock, new Random(1));
        await stage.BindAsync("google", "1001", list);
        var home = Ann.Details! with { DeviceId = null };
        await stage.AddAsync(new PersonIdentifiers("ann", "ann@shop.example", null, "US") { Details = home });
        await stage.AddAsync(new PersonIdentifiers("bob", "bob@shop.example", null, "US") { Details = home });
        await stage.SettleAsync();

        await stage.RemoveAsync(new PersonIdentifiers("ann", null, null, "US"));
        await stage.SettleAsync();

        list.Held.ShouldBe(["email:bob@shop.example", "place:Ann Archer 10001 US"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lost_removal_executed_when_its_address_belongs_to_another_is_repaired(bool erasedMeanwhile)
    {
        await using var stage = await ListStage.OpenAsync();
        var list = new ListedPlatform(Connectors.Platform.Webhook, stage.Workspace.Clock, new Random(1));
        await stage.BindAsync("webhook", "1001", list);
        await stage.AddAsync(Ann);
        await stage.SettleAsync();
        list.NextIsLostUntil = TimeSpan.FromMinutes(8);
        await stage.RemoveAsync(Ann with { Email = null });
        await stage.Accounts["webhook"].RoundsAsync();
        stage.Workspace.Clock.Advance(TimeSpan.FromMinutes(1));
        await stage.Accounts["webhook"].RoundsAsync();
        list.Held.ShouldBeEmpty("the repeated removal was accepted");
        await stage.AddAsync(Bob);
        await stage.Accounts["webhook"].RoundsAsync();
        list.Held.Count.ShouldBe(2);
        if (erasedMeanwhile)
        {
            var erasure = (await stage.EraseAsync(Ann with { Email = null })).ShouldNotBeNull();
            await stage.Accounts["webhook"].RoundsAsync();
            (await stage.TryEndAsync(erasure)).ShouldBeTrue();
        }

        stage.Workspace.Clock.Advance(TimeSpan.FromMinutes(8));
        list.Settle();
        list.Held.ShouldBe(["external:bob"], "the first call was executed late");

        await stage.SettleAsync();

        list.Held.ShouldBe(["email:" + Email, "external:bob"], ignoreOrder: true);
    }

    private static async Task EraseAnnAsync(ListStage stage, string platform)
    {
        var erasure = (await stage.EraseAsync(Ann with { Email = null })).ShouldNotBeNull();
        await stage.SettleAsync();
        (await stage.TryEndAsync(erasure)).ShouldBeTrue();
        var receipt = await stage.ReceiptAsync(erasure);
        receipt.State.ShouldBe(ErasureState.Erased);
        var removal = receipt.Destinations.ShouldHaveSingleItem();
        removal.Outcome.ShouldBe(platform == "tiktok" ? "kept_for_another" : "removed", "at TikTok the address was the only identifier");
        removal.KeptForAnother.ShouldBe(["email"]);
    }

    private static List<string> OfBob(string platform) =>
        platform == "webhook" ? [$"email:{Hash(Email)}", $"external_id:{Hash("bob")}"] : [$"{EmailKey(platform)}:{Hash(Email)}"];

    private static string EmailKey(string platform) =>
        platform switch
        {
            "google" => "emailAddress",
            "tiktok" => "EMAIL_SHA256",
            "meta" => "EMAIL",
            _ => "email",
        };

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
