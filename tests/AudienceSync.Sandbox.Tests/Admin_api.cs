using System.Security.Cryptography;
using System.Text;
using static AudienceSync.Sandbox.Tests.Sample;

namespace AudienceSync.Sandbox.Tests;

public sealed class Admin_api
{
    [Fact]
    public async Task The_overview_counts_and_its_checksum_can_be_computed_from_the_digests()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.AddAsync(EmailAndPhone, [Hash("a"), Hash("1")], [Hash("b"), ""]);
        var lists = (await sandbox.GetAsync("/admin/lists")).Json;
        lists.GetArrayLength().ShouldBe(3);
        var list = lists[0];
        list.GetProperty("platform").GetString().ShouldBe("meta");
        list.GetProperty("account").GetString().ShouldBe("act_1");
        list.GetProperty("audience").GetString().ShouldBe(RunningSandbox.Audience);
        list.GetProperty("people").GetInt32().ShouldBe(2);
        list.GetProperty("digests").GetRawText().ShouldBe("""{"EMAIL":2,"PHONE":1}""");
        var xor = Convert.FromHexString(Hash("a")).Zip(Convert.FromHexString(Hash("b")), (left, right) => (byte)(left ^ right)).ToArray();
        var expected = $"EMAIL:2:{Convert.ToHexStringLower(xor)}\nPHONE:1:{Hash("1")}\n";
        list.GetProperty("checksum").GetString().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(expected))));
    }

    [Fact]
    public async Task A_human_edit_removes_digests_without_a_call()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.AddAsync(EmailAndPhone, [Hash("a"), Hash("1")], [Hash("b"), Hash("2")]);
        var path = $"/admin/lists/{RunningSandbox.Audience}/digests";
        var edit = await sandbox.SendAsync(
            HttpMethod.Delete,
            path,
            $$"""{"EMAIL":["{{Hash("a")}}","{{Hash("x")}}"],"PHONE":["{{Hash("1")}}"]}"""
        );
        edit.Json.GetProperty("removed").GetInt32().ShouldBe(2);
        (await sandbox.HeldAsync("EMAIL")).ShouldBe([Hash("b")]);
        (await sandbox.PeopleAsync()).ShouldBe(1);
        (await sandbox.SendAsync(HttpMethod.Delete, path, """{"EMAIL":["x"]}"""))
            .Json.GetProperty("code")
            .GetString()
            .ShouldBe("invalid_digest");
        (await sandbox.SendAsync(HttpMethod.Delete, path, """{"EMAIL":null}"""))
            .Json.GetProperty("code")
            .GetString()
            .ShouldBe("invalid_digest");
        (await sandbox.SendAsync(HttpMethod.Delete, path, """{"MAIL":[]}""")).Json.GetProperty("code").GetString().ShouldBe("unknown_key");
        (await sandbox.SendAsync(HttpMethod.Delete, "/admin/lists/5/digests", "{}"))
            .Json.GetProperty("code")
            .GetString()
            .ShouldBe("unknown_audience");
    }

    [Fact]
    public async Task An_account_is_added_and_changed_and_keeps_its_lists()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        const string Added = """{"account":"act_7","token":"seven","tier":"development_access","app_secret":null,"audiences":["71"]}""";
        (await sandbox.SendAsync(HttpMethod.Post, "/admin/accounts", Added)).Text.ShouldNotContain("seven");
        const string Body = """{"payload":{"schema":["EXTERN_ID"],"data":[["x"]]}}""";
        (await sandbox.SendAsync(HttpMethod.Post, "/v25.0/71/users", Body, "seven")).Status.ShouldBe(200);
        const string Changed = """[{"account":"act_7","token":"rotated","calls_per_hour":3,"audiences":["72"]}]""";
        (await sandbox.SendAsync(HttpMethod.Post, "/admin/accounts", Changed)).Status.ShouldBe(200);
        (await sandbox.SendAsync(HttpMethod.Post, "/v25.0/71/users", Body, "seven")).Code.ShouldBe(190);
        (await sandbox.SendAsync(HttpMethod.Post, "/v25.0/72/users", Body, "rotated")).Status.ShouldBe(200);
        (await sandbox.HeldAsync("EXTERN_ID", "71")).Length.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"account":"7","token":"t"}""", "invalid_account")]
    [InlineData("""{"account":"act_7","token":""}""", "invalid_account")]
    [InlineData("""{"account":"act_7","token":"t","tier":"gold"}""", "invalid_account")]
    [InlineData("""{"account":"act_7","token":"t","calls_per_hour":0}""", "invalid_account")]
    [InlineData("""{"account":"act_7","token":"t","audiences":["x"]}""", "invalid_account")]
    [InlineData("""{"account":"act_7","token":"t","audiences":["238500000000001"]}""", "invalid_account")]
    [InlineData("""{"account":"act_7"}""", "invalid_body")]
    [InlineData("""{"account":"act_7","token":"t","color":"red"}""", "invalid_body")]
    [InlineData("""{"account":"act_7",""", "invalid_body")]
    [InlineData("""[null]""", "invalid_body")]
    [InlineData("""[{"account":"act_7","token":"t","audiences":[null]}]""", "invalid_account")]
    [InlineData("""null""", "invalid_body")]
    public async Task An_invalid_account_is_refused(string body, string code)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var response = await sandbox.SendAsync(HttpMethod.Post, "/admin/accounts", body);
        response.Status.ShouldBe(400);
        response.Json.GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task The_last_thousand_calls_are_kept_and_all_calls_are_counted()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        for (var call = 0; call < 1_005; call++)
        {
            await sandbox.GetAsync("/v25.0/238500000000001");
        }

        await sandbox.AddAsync(Email, [Hash("a")], [""]);
        var calls = (await sandbox.GetAsync("/admin/calls")).Json;
        var recent = calls.GetProperty("recent");
        recent.GetArrayLength().ShouldBe(1_000);
        recent[999]
            .EnumerateObject()
            .Select(field => field.Name)
            .ShouldBe(["at", "platform", "audience", "operation", "rows", "status", "code", "fault"]);
        recent[999].GetProperty("rows").GetInt32().ShouldBe(2);
        (await sandbox.TotalsAsync("read")).GetProperty("calls").GetInt64().ShouldBe(1_005);
        calls.GetRawText().ShouldNotContain(Hash("a"));
        calls.GetRawText().ShouldNotContain("token-1");
    }

    [Fact]
    public async Task Reset_clears_everything_but_the_accounts()
    {
        await using var sandbox = await RunningSandbox.StartAsync(callsPerHour: 1);
        await sandbox.AddAsync(Email, [Hash("a")]);
        await sandbox.FaultAsync(new { kind = "server_error" });
        (await sandbox.SendAsync(HttpMethod.Post, "/admin/reset", null)).Status.ShouldBe(204);
        (await sandbox.HeldAsync("EMAIL")).ShouldBeEmpty();
        (await sandbox.GetAsync("/admin/faults")).Json.GetArrayLength().ShouldBe(0);
        (await sandbox.GetAsync("/admin/calls")).Json.GetProperty("totals").GetArrayLength().ShouldBe(0);
        (await sandbox.UsersAsync(HttpMethod.Post, "EMAIL_SHA256", new[] { Hash("b") })).Status.ShouldBe(
            200,
            "budget and schema form are reset"
        );
    }

    [Fact]
    public async Task With_an_admin_token_every_admin_call_needs_it_and_health_does_not()
    {
        await using var sandbox = await RunningSandbox.StartAsync(adminToken: "admin-secret");
        var refused = await sandbox.GetAsync("/admin/lists");
        refused.Status.ShouldBe(401);
        refused.Json.GetProperty("code").GetString().ShouldBe("admin_token_required");
        (await sandbox.SendAsync(HttpMethod.Post, "/admin/reset", null, token: null)).Status.ShouldBe(401);
        (await sandbox.SendAsync(HttpMethod.Get, "/admin/lists", null, "admin-secret")).Status.ShouldBe(200);
        (await sandbox.SendAsync(HttpMethod.Get, "/health/live", null, token: null)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task An_unknown_admin_route_or_list_is_404()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        (await sandbox.GetAsync("/admin/nothing")).Json.GetProperty("code").GetString().ShouldBe("not_found");
        (await sandbox.GetAsync("/admin/lists/5")).Json.GetProperty("code").GetString().ShouldBe("unknown_audience");
    }
}
