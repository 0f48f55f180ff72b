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
    public async Task A_scripted_error_returns_its_code_once_and_applies_nothing(string kind, int code)
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { kind, count = 1 });
        (await sandbox.AddAsync("a")).ApiCode().ShouldBe(code);
        (await sandbox.HeldAsync()).ShouldBeEmpty();
        (await sandbox.AddAsync("a")).ApiCode().ShouldBe(0);
        var totals = await sandbox.TotalsAsync("add");
        totals.GetProperty("faults").GetProperty(kind).GetInt64().ShouldBe(1);
        totals
            .GetProperty("budget_violations")
            .GetInt64()
            .ShouldBe(kind == "throttle" ? 1 : 0, "a scripted throttle requests one second of backoff");
    }

    [Theory]
    [InlineData("partial", 20001, 1)]
    [InlineData("silent_drop", 0, 0)]
    public async Task A_partial_or_full_loss_occurs_and_only_a_partial_loss_is_reported(string kind, int code, int held)
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { kind, count = 1 });
        (await sandbox.AddAsync("a", "b")).ApiCode().ShouldBe(code);
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
        var response = await sandbox.AddAsync("a");
        response.Status.ShouldBe(502);
        response.Text.ShouldStartWith("<html>");
    }

    [Fact]
    public async Task A_delay_waits_on_the_clock()
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(
            new
            {
                kind = "delay",
                delay_ms = 5_000,
                count = 1,
            }
        );
        var call = sandbox.AddAsync("a");
        await sandbox.Clock.WaitersAsync(1);
        (await sandbox.HeldAsync()).ShouldBeEmpty();
        sandbox.Clock.Advance(TimeSpan.FromSeconds(5));
        (await call).ApiCode().ShouldBe(0);
        (await sandbox.HeldAsync()).ShouldBe(Sorted("a"));
    }

    [Fact]
    public async Task A_deleted_audience_is_gone_with_its_members()
    {
        await using var sandbox = await StartAsync();
        await sandbox.AddAsync("a");
        await sandbox.FaultAsync(
            new
            {
                kind = "list_deleted",
                audience = Audience,
                count = 1,
            }
        );
        (await sandbox.AddAsync("b")).ApiCode().ShouldBe(40007);
        (await sandbox.AddAsync("b")).ApiCode().ShouldBe(40007);
        var list = (await sandbox.AdminAsync("lists"))
            .EnumerateArray()
            .Single(list => list.GetProperty("audience").GetString() == Audience);
        list.GetProperty("deleted").GetBoolean().ShouldBeTrue();
        list.GetProperty("people").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task The_create_response_can_be_lost_when_the_rule_names_the_operation()
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(
            new
            {
                kind = "drop_after",
                operation = "create",
                count = 1,
            }
        );
        (await sandbox.AddAsync("a")).ApiCode().ShouldBe(0);
        await Should.ThrowAsync<Exception>(() =>
            sandbox.PostAsync(
                "segment/audience/",
                new
                {
                    advertiser_id = Advertiser,
                    action = "create",
                    custom_audience_name = "lost",
                }
            )
        );
        var names = (await sandbox.GetAsync($"dmp/custom_audience/list/?advertiser_id={Advertiser}"))
            .Json.GetProperty("data")
            .GetProperty("list")
            .EnumerateArray()
            .Select(audience => audience.GetProperty("name").GetString());
        names.ShouldContain("lost", "a client that creates again without a check has two audiences");
    }
}
