using static AudienceSync.Sandbox.Tests.TikTok.TikTokSandbox;

namespace AudienceSync.Sandbox.Tests.TikTok;

public sealed class TikTok_faults
{
    [Theory]
    [InlineData("throttle", 40100)]
    [InlineData("server_error", 50000)]
    [InlineData("token_expired", 40102)]
    [InlineData("ban", 40001)]
    [InlineData("not_editable", 40002)]
    [InlineData("conflict", 40202)]
    public async Task A_scripted_error_is_a_code_once_and_applies_nothing(string kind, int code)
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { kind, count = 1 });
        (await sandbox.AddAsync("a")).Sent().ShouldBe(code);
        (await sandbox.HeldAsync()).ShouldBeEmpty();
        (await sandbox.AddAsync("a")).Sent().ShouldBe(0);
        var totals = await sandbox.TotalsAsync("add");
        totals.GetProperty("faults").GetProperty(kind).GetInt64().ShouldBe(1);
        totals.GetProperty("budget_violations").GetInt64().ShouldBe(kind == "throttle" ? 1 : 0, "a scripted throttle asks for a second of silence");
    }

    [Theory]
    [InlineData("partial", 20001, 1)]
    [InlineData("silent_drop", 0, 0)]
    public async Task A_part_or_all_is_lost_and_only_a_part_is_told(string kind, int code, int held)
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { kind, count = 1 });
        (await sandbox.AddAsync("a", "b")).Sent().ShouldBe(code);
        (await sandbox.HeldAsync()).Length.ShouldBe(held);
    }

    [Theory]
    [InlineData("drop_before", 0)]
    [InlineData("drop_after", 1)]
    public async Task A_dropped_connection_is_applied_only_when_dropped_after(string kind, int held)
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { kind, count = 1 });
        await Should.ThrowAsync<Exception>(() => sandbox.AddAsync("a"));
        (await sandbox.HeldAsync()).Length.ShouldBe(held);
    }

    [Fact]
    public async Task An_html_error_is_a_page_of_the_gateway()
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { kind = "html_error", count = 1 });
        var answer = await sandbox.AddAsync("a");
        answer.Status.ShouldBe(502);
        answer.Text.ShouldStartWith("<html>");
    }

    [Fact]
    public async Task A_delay_waits_on_the_clock()
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { kind = "delay", delay_ms = 5_000, count = 1 });
        var call = sandbox.AddAsync("a");
        await sandbox.Clock.SomebodyWaits;
        (await sandbox.HeldAsync()).ShouldBeEmpty();
        sandbox.Clock.Advance(TimeSpan.FromSeconds(5));
        (await call).Sent().ShouldBe(0);
        (await sandbox.HeldAsync()).ShouldBe(Sorted("a"));
    }

    [Fact]
    public async Task A_deleted_audience_is_gone_with_its_members()
    {
        await using var sandbox = await StartAsync();
        await sandbox.AddAsync("a");
        await sandbox.FaultAsync(new { kind = "list_deleted", audience = Audience, count = 1 });
        (await sandbox.AddAsync("b")).Sent().ShouldBe(40007);
        (await sandbox.AddAsync("b")).Sent().ShouldBe(40007);
        var list = (await sandbox.AdminAsync("lists")).EnumerateArray().Single(list => list.GetProperty("audience").GetString() == Audience);
        list.GetProperty("deleted").GetBoolean().ShouldBeTrue();
        list.GetProperty("people").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Creating_can_lose_its_answer_when_it_is_named()
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { kind = "drop_after", operation = "create", count = 1 });
        (await sandbox.AddAsync("a")).Sent().ShouldBe(0);
        await Should.ThrowAsync<Exception>(() => sandbox.PostAsync(
            "segment/audience/", new { advertiser_id = Advertiser, action = "create", custom_audience_name = "lost" }));
        var names = (await sandbox.GetAsync($"dmp/custom_audience/list/?advertiser_id={Advertiser}")).Json.GetProperty("data").GetProperty("list")
            .EnumerateArray().Select(audience => audience.GetProperty("name").GetString());
        names.ShouldContain("lost", "who creates again without looking has two");
    }
}
