using AudienceSync.Sandbox.TikTok;
using static AudienceSync.Sandbox.Tests.TikTok.TikTokSandbox;

namespace AudienceSync.Sandbox.Tests.TikTok;

public sealed class Access_and_limits
{
    [Fact]
    public async Task The_token_comes_in_its_own_header()
    {
        await using var sandbox = await StartAsync();
        (await sandbox.PostAsync("segment/mapping/", Body("add", "a"), token: null)).Sent().ShouldBe(40104);
        (await sandbox.PostAsync("segment/mapping/", Body("add", "a"), token: "other")).Sent().ShouldBe(40105);
        (await sandbox.PostAsync("segment/mapping/", Body("add", "a"), token: "tt-2")).Sent().ShouldBe(40001);
        (await sandbox.GetAsync("user/info/")).Sent().ShouldBe(0);
        (await sandbox.Client.GetStringAsync("/admin/calls")).ShouldNotContain("tt-1");
    }

    [Theory]
    [InlineData("/open_api/v1.3/segment/mapping", 404, "404 page not found")]
    [InlineData("/open_api", 404, "404 page not found")]
    [InlineData("/open_api/v1.3", 404, "404 page not found")]
    [InlineData("/open_api/v1.3/segment/elsewhere/", 404, "404 page not found")]
    [InlineData("/open_api/v1.3/dmp/custom_audience/get/", 405, "405 method not allowed")]
    public async Task The_slash_at_the_end_is_part_of_the_path(string path, int status, string text)
    {
        await using var sandbox = await StartAsync();
        using var response = await sandbox.Client.PostAsync(path, null);
        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldBe(text);
    }

    [Fact]
    public async Task Another_version_is_refused_in_the_envelope()
    {
        await using var sandbox = await StartAsync();
        (await sandbox.GetAsync("../v1.2/user/info/")).Sent().ShouldBe(40051);
    }

    [Fact]
    public async Task A_second_is_soon_over_and_a_minute_blocks_for_five()
    {
        await using var sandbox = await StartAsync(new TikTokSettings { CallsPerSecond = 2, CallsPerMinute = 3 });
        (await sandbox.AddAsync("a")).Sent().ShouldBe(0);
        (await sandbox.AddAsync("b")).Sent().ShouldBe(0);
        var refused = await sandbox.AddAsync("c");
        refused.Sent().ShouldBe(40100);
        refused.Headers.Contains("Retry-After").ShouldBeFalse();
        sandbox.Clock.Advance(TimeSpan.FromSeconds(1));
        (await sandbox.AddAsync("c")).Sent().ShouldBe(0);
        (await sandbox.AddAsync("d")).Sent().ShouldBe(40100, "the minute's calls are used");
        sandbox.Clock.Advance(TimeSpan.FromMinutes(4));
        (await sandbox.AddAsync("d")).Sent().ShouldBe(40100, "and stay so for five minutes");
        (await sandbox.GetAsync("user/info/")).Sent().ShouldBe(0, "another endpoint has its own");
        sandbox.Clock.Advance(TimeSpan.FromMinutes(1));
        (await sandbox.AddAsync("d")).Sent().ShouldBe(0);
        var windows = (await sandbox.AdminAsync("calls")).GetProperty("budgets").EnumerateArray()
            .Where(budget => budget.GetProperty("group").GetString() == "segment/mapping").ToDictionary(budget => budget.GetProperty("window").GetString()!);
        windows["second"].GetProperty("violations").GetInt64().ShouldBe(1);
        windows["minute"].GetProperty("violations").GetInt64().ShouldBe(2);
        windows["day"].GetProperty("used").GetInt32().ShouldBe(4);
        windows["second"].GetProperty("scope").GetString().ShouldBe($"app of {Advertiser}");
    }

    [Fact]
    public async Task The_day_ends_at_midnight_utc()
    {
        await using var sandbox = await StartAsync(new TikTokSettings { CallsPerDay = 1 });
        (await sandbox.AddAsync("a")).Sent().ShouldBe(0);
        sandbox.Clock.Advance(new TimeSpan(23, 59, 59));
        (await sandbox.AddAsync("b")).Sent().ShouldBe(40100);
        sandbox.Clock.Advance(TimeSpan.FromSeconds(1));
        (await sandbox.AddAsync("b")).Sent().ShouldBe(0);
    }

    [Fact]
    public async Task An_advertiser_has_a_limit_of_his_own_code()
    {
        await using var sandbox = await StartAsync(new TikTokSettings { AdvertiserCallsPerSecond = 1 });
        (await sandbox.AddAsync("a")).Sent().ShouldBe(0);
        (await sandbox.AddAsync("a")).Sent().ShouldBe(40133);
        sandbox.Clock.Advance(TimeSpan.FromSeconds(1));
        (await sandbox.AddAsync("a")).Sent().ShouldBe(0);
    }
}
