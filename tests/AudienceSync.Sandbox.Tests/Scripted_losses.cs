using static AudienceSync.Sandbox.Tests.Sample;

namespace AudienceSync.Sandbox.Tests;

/// <summary>Faults on Meta that lose rows, the account or the list.</summary>
public sealed class Scripted_losses
{
    [Fact]
    public async Task Partial_refuses_the_second_half_and_names_the_rows()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync(new { kind = "partial", count = 1 });
        var response = await sandbox.AddAsync(Email, [Hash("a")], [Hash("b")], [Hash("c")], ["broken"]);
        response.Json.GetProperty("num_received").GetInt32().ShouldBe(4);
        response.Invalid.ShouldBe(2);
        response.Samples.EnumerateObject().Select(sample => sample.Name).ShouldBe(["2", "3"]);
        (await sandbox.HeldAsync("EMAIL")).Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_silent_drop_returns_success_and_loses_the_rows()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync(new { kind = "silent_drop", count = 1 });
        var response = await sandbox.AddAsync(Email, [Hash("a")]);
        (response.Status, response.Invalid, response.Json.GetProperty("num_received").GetInt32()).ShouldBe((200, 0, 1));
        (await sandbox.HeldAsync("EMAIL")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_banned_account_gets_no_permission()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync(new { kind = "ban" });
        var response = await sandbox.AddAsync(Email, [Hash("a")]);
        (response.Status, response.Code, response.Subcode).ShouldBe((400, 200, null));
        (await sandbox.RemoveAsync(Email, [Hash("a")])).Code.ShouldBe(200);
    }

    [Fact]
    public async Task A_deleted_list_is_missing_until_a_reset()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.AddAsync(Email, [Hash("a")]);
        await sandbox.FaultAsync(new { kind = "list_deleted", count = 1 });
        (await sandbox.AddAsync(Email, [Hash("b")])).Subcode.ShouldBe(33);
        (await sandbox.AddAsync(Email, [Hash("b")])).Subcode.ShouldBe(33);
        (await sandbox.GetAsync("/v25.0/238500000000001")).Subcode.ShouldBe(33);
        (await sandbox.GetAsync("/v25.0/act_1/customaudiences")).Json.GetProperty("data").GetArrayLength().ShouldBe(1);
        (await sandbox.PeopleAsync()).ShouldBe(0);
        await sandbox.SendAsync(HttpMethod.Post, "/admin/reset", null);
        (await sandbox.AddAsync(Email, [Hash("b")])).Status.ShouldBe(200);
    }
}
