using AudienceSync.Sandbox.TikTok;
using static AudienceSync.Sandbox.Tests.TikTok.TikTokSandbox;

namespace AudienceSync.Sandbox.Tests.TikTok;

public sealed class Access_and_limits
{
    [Fact]
    public async Task The_token_is_sent_in_its_own_header()
    {
        await using var sandbox = await StartAsync();
        (await sandbox.PostAsync("segment/mapping/", Body("add", "a"), token: null)).ApiCode().ShouldBe(40104);
        (await sandbox.PostAsync("segment/mapping/", Body("add", "a"), token: "other")).ApiCode().ShouldBe(40105);
        (await sandbox.PostAsync("segment/mapping/", Body("add", "a"), token: "tt-2")).ApiCode().ShouldBe(40001);
        (await sandbox.GetAsync("user/info/")).ApiCode().ShouldBe(0);
        (await sandbox.Client.GetStringAsync("/admin/calls")).ShouldNotContain("tt-1");
    }

    [Theory]
    [InlineData("/open_api/v1.3/segment/mapping", 404, "404 page not found")]
    [InlineData("/open_api", 404, "404 page not found")]
    [InlineData("/open_api/v1.3", 404, "404 page not found")]
    [InlineData("/open_api/v1.3/segment/elsewhere/", 404, "404 page not found")]
    [InlineData("/open_api/v1.3/dmp/custom_audience/get/", 405, "405 method not allowed")]
    public async Task The_trailing_slash_is_part_of_the_path(string path, int status, string text)
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
        (await sandbox.GetAsync("../v1.2/user/info/")).ApiCode().ShouldBe(40051);
    }

    [Fact]
    public async Task A_second_limit_resets_after_one_second_and_a_minute_limit_blocks_for_five_minutes()
    {
        await using var sandbox = await StartAsync(new TikTokSettings { CallsPerSecond = 2, CallsPerMinute = 3 });
        (await sandbox.AddAsync("a")).ApiCode().ShouldBe(0);
        (await sandbox.AddAsync("b")).ApiCode().ShouldBe(0);
        var refused = await sandbox.AddAsync("c");
        refused.ApiCode().ShouldBe(40100);
        refused.Headers.Contains("Retry-After").ShouldBeFalse();
        sandbox.Clock.Advance(TimeSpan.FromSeconds(1));
        (await sandbox.AddAsync("c")).ApiCode().ShouldBe(0);
        (await sandbox.AddAsync("d")).ApiCode().ShouldBe(40100, "the minute limit is used up");
        sandbox.Clock.Advance(TimeSpan.FromMinutes(4));
        (await sandbox.AddAsync("d")).ApiCode().ShouldBe(40100, "and the block lasts five minutes");
        (await sandbox.GetAsync("user/info/")).ApiCode().ShouldBe(0, "another endpoint has its own budget");
        sandbox.Clock.Advance(TimeSpan.FromMinutes(1));
        (await sandbox.AddAsync("d")).ApiCode().ShouldBe(0);
        var windows = (await sandbox.AdminAsync("calls"))
            .GetProperty("budgets")
            .EnumerateArray()
            .Where(budget => budget.GetProperty("group").GetString() == "segment/mapping")
            .ToDictionary(budget => budget.GetProperty("window").GetString()!);
        windows["second"].GetProperty("violations").GetInt64().ShouldBe(1);
        windows["minute"].GetProperty("violations").GetInt64().ShouldBe(2);
        windows["day"].GetProperty("used").GetInt32().ShouldBe(4);
        windows["second"].GetProperty("scope").GetString().ShouldBe($"app of {Advertiser}");
    }

    [Fact]
    public async Task The_daily_limit_resets_at_midnight_utc()
    {
        await using var sandbox = await StartAsync(new TikTokSettings { CallsPerDay = 1 });
        (await sandbox.AddAsync("a")).ApiCode().ShouldBe(0);
        sandbox.Clock.Advance(new TimeSpan(23, 59, 59));
        (await sandbox.AddAsync("b")).ApiCode().ShouldBe(40100);
        sandbox.Clock.Advance(TimeSpan.FromSeconds(1));
        (await sandbox.AddAsync("b")).ApiCode().ShouldBe(0);
    }

    [Fact]
    public async Task An_advertiser_limit_has_its_own_code()
    {
        await using var sandbox = await StartAsync(new TikTokSettings { AdvertiserCallsPerSecond = 1 });
        (await sandbox.AddAsync("a")).ApiCode().ShouldBe(0);
        (await sandbox.AddAsync("a")).ApiCode().ShouldBe(40133);
        sandbox.Clock.Advance(TimeSpan.FromSeconds(1));
        (await sandbox.AddAsync("a")).ApiCode().ShouldBe(0);
    }
}
