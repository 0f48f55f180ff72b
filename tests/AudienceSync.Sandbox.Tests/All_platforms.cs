using System.Text.Json;

namespace AudienceSync.Sandbox.Tests;

/// <summary>Behavior common to the three platforms: faults by platform, accounts, human edits, budgets.</summary>
public sealed class All_platforms
{
    private const string Google = """{"platform":"google","account":"7","token":"r","audiences":["71"],"google":{"job_s":5,"seed":1}}""";
    private const string TikTok = """{"platform":"tiktok","account":"8","token":"t","audiences":["81"],"tiktok":{"size_delay_s":0}}""";

    [Fact]
    public async Task Accounts_of_all_platforms_are_added_and_returned_without_secrets()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var response = await sandbox.SendAsync(HttpMethod.Post, "/admin/accounts", $"[{Google},{TikTok}]");
        response.Status.ShouldBe(200, response.Text);
        response
            .Json.EnumerateArray()
            .Select(account => $"{account.GetProperty("platform")} {account.GetProperty("account")}")
            .ShouldBe(["meta act_1", "meta act_2", "google 7", "tiktok 8"]);
        response.Text.ShouldNotContain("secret");
        (await sandbox.GetAsync("/admin/lists"))
            .Json.EnumerateArray()
            .Select(list => list.GetProperty("platform").GetString())
            .ShouldBe(["meta", "meta", "meta", "google", "tiktok"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("""{"platform":"myspace","account":"7","token":"t"}""", "invalid_account")]
    [InlineData("""{"platform":"google","account":"act_7","token":"t"}""", "invalid_account")]
    [InlineData("""{"platform":"google","account":"7","token":"t","tier":"development_access"}""", "invalid_account")]
    [InlineData("""{"platform":"google","account":"7","token":"t","audiences":["238500000000001"]}""", "invalid_account")]
    [InlineData("""{"platform":"google","account":"7","token":"t","tiktok":{}}""", "invalid_account")]
    [InlineData("""{"platform":"google","account":"7","token":"t","google":{"job_s":-1}}""", "invalid_account")]
    [InlineData("""{"platform":"google","account":"7","token":"t","google":{"service_account":"x"}}""", "invalid_account")]
    [InlineData(
        """{"platform":"google","account":"7","token":"t","google":{"service_account":"x","service_account_key":"y"}}""",
        "invalid_account"
    )]
    [InlineData("""{"platform":"google","account":"7","token":"t","google":{"color":1}}""", "invalid_body")]
    [InlineData("""{"platform":"tiktok","account":"7","token":"t","tiktok":{"match_percent":101}}""", "invalid_account")]
    [InlineData("""{"platform":"tiktok","account":"7","token":"t","tiktok":{"calls_per_second":0}}""", "invalid_account")]
    public async Task An_account_that_is_invalid_for_its_platform_is_refused(string body, string code)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var response = await sandbox.SendAsync(HttpMethod.Post, "/admin/accounts", body);
        response.Status.ShouldBe(400);
        response.Json.GetProperty("code").GetString().ShouldBe(code);
    }

    [Theory]
    [InlineData("""{"kind":"job_fails","platform":"meta"}""")]
    [InlineData("""{"kind":"job_fails","platform":"tiktok"}""")]
    [InlineData("""{"kind":"job_lost","audience":"81"}""")]
    [InlineData("""{"kind":"error_in_200","platform":"google"}""")]
    [InlineData("""{"kind":"invalid_rows","platform":"tiktok"}""")]
    [InlineData("""{"kind":"not_editable","platform":"google"}""")]
    [InlineData("""{"kind":"server_error","platform":"tiktok","operation":"status"}""")]
    [InlineData("""{"kind":"server_error","platform":"meta","operation":"token"}""")]
    [InlineData("""{"kind":"list_deleted","operation":"erase"}""")]
    [InlineData("""{"kind":"replace_fails","operation":"add"}""")]
    [InlineData("""{"kind":"throttle","from":"2030-01-01T00:00:00Z","until":"2029-01-01T00:00:00Z"}""")]
    [InlineData("""{"kind":"partial","operation":"remove_all"}""")]
    [InlineData("""{"kind":"throttle","operation":"token"}""")]
    [InlineData("""{"kind":"delay","delay_ms":1,"operation":"token","audience":"71"}""")]
    [InlineData("""{"kind":"throttle","platform":"myspace"}""")]
    [InlineData("""{"kind":"throttle","platform":"meta","audience":"71"}""")]
    [InlineData("""{"kind":"job_slow"}""")]
    [InlineData("""{"kind":"throttle","job_s":5}""")]
    public async Task A_fault_that_the_platform_does_not_support_is_refused(string rule)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.SendAsync(HttpMethod.Post, "/admin/accounts", $"[{Google},{TikTok}]");
        var response = await sandbox.SendAsync(HttpMethod.Post, "/admin/faults", rule);
        response.Status.ShouldBe(400);
        response.Json.GetProperty("code").GetString().ShouldBe("invalid_fault");
        response.Json.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_fault_of_one_platform_or_of_a_kind_that_another_does_not_support_does_not_affect_it()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync(new { kind = "server_error", platform = "tiktok" });
        await sandbox.FaultAsync(new { kind = "job_fails" });
        (await sandbox.AddAsync(Sample.Email, [Sample.Hash("a")])).Status.ShouldBe(200);
        var rules = (await sandbox.GetAsync("/admin/faults")).Json;
        rules.EnumerateArray().Select(rule => rule.GetProperty("fired").GetInt32()).ShouldBe([0, 0]);
        rules[0].GetProperty("platform").GetString().ShouldBe("tiktok");
    }

    [Theory]
    [InlineData("71", "emailAddress", "EMAIL")]
    [InlineData("81", "EMAIL_SHA256", "emailAddress")]
    public async Task A_human_edit_accepts_the_keys_of_the_platform(string audience, string key, string foreign)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.SendAsync(HttpMethod.Post, "/admin/accounts", $"[{Google},{TikTok}]");
        string Edit(string name) => JsonSerializer.Serialize(new Dictionary<string, string[]> { [name] = [Sample.Hash("a")] });
        (await sandbox.SendAsync(HttpMethod.Delete, $"/admin/lists/{audience}/digests", Edit(key)))
            .Json.GetProperty("removed")
            .GetInt32()
            .ShouldBe(0);
        (await sandbox.SendAsync(HttpMethod.Delete, $"/admin/lists/{audience}/digests", Edit(foreign)))
            .Json.GetProperty("code")
            .GetString()
            .ShouldBe("unknown_key");
    }

    [Fact]
    public async Task Metas_hour_is_among_the_budgets()
    {
        await using var sandbox = await RunningSandbox.StartAsync(callsPerHour: 1);
        await sandbox.AddAsync(Sample.Email, [Sample.Hash("a")]);
        await sandbox.AddAsync(Sample.Email, [Sample.Hash("b")]);
        var budget = (await sandbox.GetAsync("/admin/calls")).Json.GetProperty("budgets")[0];
        budget.GetProperty("scope").GetString().ShouldBe("act_1");
        budget.GetProperty("window").GetString().ShouldBe("hour");
        budget.GetProperty("limit").GetInt32().ShouldBe(1);
        budget.GetProperty("violations").GetInt64().ShouldBe(1);
    }
}
