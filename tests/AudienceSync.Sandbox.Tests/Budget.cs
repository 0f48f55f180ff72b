using System.Text.Json;
using static AudienceSync.Sandbox.Tests.Sample;

namespace AudienceSync.Sandbox.Tests;

public sealed class Budget
{
    private static JsonElement Usage(Response response) =>
        JsonSerializer.Deserialize<JsonElement>(response.Headers.GetValues("X-Business-Use-Case-Usage").Single()).GetProperty("1")[0];

    private static (int Percent, int RegainMinutes) State(Response response) =>
        (Usage(response).GetProperty("call_count").GetInt32(), Usage(response).GetProperty("estimated_time_to_regain_access").GetInt32());

    [Fact]
    public async Task Calls_are_counted_in_a_sliding_hour_and_refused_beyond_the_limit()
    {
        await using var sandbox = await RunningSandbox.StartAsync(callsPerHour: 4);
        State(await sandbox.AddAsync(Email, [Hash("a")])).ShouldBe((25, 0));
        sandbox.Clock.Advance(TimeSpan.FromMinutes(30));
        State(await sandbox.AddAsync(Email, [Hash("b")])).ShouldBe((50, 0));
        State(await sandbox.GetAsync("/v25.0/238500000000001")).ShouldBe((75, 0));
        var last = await sandbox.AddAsync(Email, [Hash("c")]);
        last.Status.ShouldBe(200);
        State(last).ShouldBe((100, 30));

        sandbox.Clock.Advance(TimeSpan.FromMinutes(30));
        State(await sandbox.AddAsync(Email, [Hash("d")])).ShouldBe((100, 30), "the first call has left the sliding hour");
        (await sandbox.TotalsAsync("add")).GetProperty("budget_violations").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task A_call_while_throttled_is_refused_counted_as_violation_and_lengthens_the_block()
    {
        await using var sandbox = await RunningSandbox.StartAsync(callsPerHour: 2);
        await sandbox.AddAsync(Email, [Hash("a")]);
        sandbox.Clock.Advance(TimeSpan.FromMinutes(10));
        State(await sandbox.AddAsync(Email, [Hash("b")])).ShouldBe((100, 50));
        sandbox.Clock.Advance(TimeSpan.FromSeconds(90));

        var refused = await sandbox.RemoveAsync(Email, [Hash("a")]);
        (refused.Status, refused.Code, refused.Subcode).ShouldBe((400, 80003, 2446079));
        refused.Headers.Contains("Retry-After").ShouldBeFalse();
        State(refused).ShouldBe((100, 59), "58.5 minutes, rounded up, until the second call leaves the sliding hour");
        (await sandbox.HeldAsync("EMAIL")).Length.ShouldBe(2);
        var totals = await sandbox.TotalsAsync("remove");
        totals.GetProperty("budget_violations").GetInt64().ShouldBe(1);
        totals.GetProperty("refused").GetProperty("80003").GetInt64().ShouldBe(1);
        sandbox.Clock.Advance(TimeSpan.FromMinutes(59));
        (await sandbox.RemoveAsync(Email, [Hash("a")])).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("standard_access", 190_080)]
    [InlineData("development_access", 5_080)]
    public async Task The_limit_follows_the_tier_and_the_number_of_audiences(string tier, int limit)
    {
        await using var sandbox = await RunningSandbox.StartAsync(tier: tier);
        var response = await sandbox.AddAsync(Email, [Hash("a")]);
        Usage(response).GetProperty("ads_api_access_tier").GetString().ShouldBe(tier);
        Usage(response).GetProperty("type").GetString().ShouldBe("custom_audience");
        var accounts = await sandbox.SendAsync(HttpMethod.Post, "/admin/accounts", "[]");
        accounts.Json[0].GetProperty("calls_per_hour").GetInt32().ShouldBe(limit);
    }

    [Fact]
    public async Task The_formula_is_capped()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var many = Enumerable.Range(1_000, 13_000).Select(id => id.ToString()).ToArray();
        var body = JsonSerializer.Serialize(
            new
            {
                account = "act_9",
                token = "t9",
                audiences = many,
            }
        );
        var response = await sandbox.SendAsync(HttpMethod.Post, "/admin/accounts", body);
        response
            .Json.EnumerateArray()
            .Single(account => account.GetProperty("account").GetString() == "act_9")
            .GetProperty("calls_per_hour")
            .GetInt32()
            .ShouldBe(700_000);
    }
}
