using AudienceSync.Sandbox.TikTok;
using static AudienceSync.Sandbox.Tests.TikTok.TikTokSandbox;

namespace AudienceSync.Sandbox.Tests.TikTok;

public sealed class Audiences
{
    private const string Path = "segment/audience/";

    [Fact]
    public async Task An_audience_is_created_filled_and_deleted()
    {
        await using var sandbox = await StartAsync();
        var id = await CreateAsync(sandbox, "Cart");
        (await CreateAsync(sandbox, "Cart")).ShouldNotBe(id, "duplicate names are accepted");
        var details = await sandbox.DetailsAsync(id);
        details.GetProperty("name").GetString().ShouldBe("Cart");
        details.GetProperty("type").GetString().ShouldBe("Partner");
        details.GetProperty("calculate_type").GetString().ShouldBe("MULTIPLE_TYPES");
        details.GetProperty("is_valid").GetBoolean().ShouldBeFalse();
        details.GetProperty("cover_num").GetInt32().ShouldBe(0);
        details.GetProperty("create_time").GetString().ShouldBe("2023-10-15 00:00:00");
        details.GetProperty("expired_time").GetString().ShouldBe("2024-10-14 00:00:00");
        var body = Body("add");
        body["batch_data"] = new[] { new[] { Id("a", id) } };
        (await sandbox.PostAsync("segment/mapping/", body)).ApiCode().ShouldBe(0);
        (await sandbox.HeldAsync(audience: id)).ShouldBe(Sorted("a"));
        (
            await sandbox.PostAsync(
                Path,
                new
                {
                    advertiser_id = Advertiser,
                    action = "delete",
                    delete_audience_id = id,
                }
            )
        ).ApiCode().ShouldBe(0);
        (await sandbox.PostAsync("segment/mapping/", body)).ApiCode().ShouldBe(40007);
        (
            await sandbox.PostAsync(
                Path,
                new
                {
                    advertiser_id = Advertiser,
                    action = "delete",
                    delete_audience_id = id,
                }
            )
        ).ApiCode().ShouldBe(40007);
    }

    [Fact]
    public async Task A_long_name_is_truncated_silently()
    {
        await using var sandbox = await StartAsync();
        (await sandbox.DetailsAsync(await CreateAsync(sandbox, new string('x', 70))))
            .GetProperty("name")
            .GetString()
            .ShouldBe(new string('x', 70));
        (await sandbox.DetailsAsync(await CreateAsync(sandbox, new string('x', 71))))
            .GetProperty("name")
            .GetString()
            .ShouldBe(new string('x', 67) + "...");
    }

    [Theory]
    [InlineData("""{"advertiser_id":"7000000000000000001","action":"create"}""", 40002)]
    [InlineData("""{"advertiser_id":"7000000000000000001","action":"rename"}""", 40002)]
    [InlineData("""{"advertiser_id":"7000000000000000001","action":"delete"}""", 40002)]
    [InlineData("""{"advertiser_id":7000000000000000001,"action":"create","custom_audience_name":"x"}""", 40002)]
    [InlineData("""{"advertiser_id":"7000000000000000001","action":"create","custom_audience_name":"x","id_type":"EMAIL"}""", 40002)]
    [InlineData("""{"advertiser_id":"7000000000000000001","action":"delete","delete_audience_id":"9999"}""", 40007)]
    [InlineData("""{"advertiser_id":"1","action":"create","custom_audience_name":"x"}""", 40300)]
    [InlineData("""{"advertiser_id":"7000000000000000003","action":"create","custom_audience_name":"x"}""", 40001)]
    public async Task An_invalid_field_returns_a_code_inside_http_200(string body, int code)
    {
        await using var sandbox = await StartAsync();
        (await sandbox.PostAsync(Path, body)).ApiCode().ShouldBe(code);
    }

    [Fact]
    public async Task The_size_is_updated_one_day_later_and_an_audience_is_valid_from_one_thousand()
    {
        await using var sandbox = await StartAsync(new TikTokSettings { CallsPerSecond = 100, MatchPercent = 50 });
        await sandbox.AddAsync([.. Enumerable.Range(0, 1_999).Select(person => $"{person}")]);
        sandbox.Clock.Advance(TimeSpan.FromHours(12));
        await sandbox.AddAsync("one more");
        (await SizeAsync(sandbox)).ShouldBe((0, false));
        sandbox.Clock.Advance(TimeSpan.FromHours(12));
        (await SizeAsync(sandbox)).ShouldBe((999, false), "too small");
        sandbox.Clock.Advance(TimeSpan.FromHours(12));
        (await SizeAsync(sandbox)).ShouldBe((1_000, true));
        await sandbox.RemoveAsync("0", "1");
        sandbox.Clock.Advance(TimeSpan.FromHours(23));
        (await SizeAsync(sandbox)).ShouldBe((1_000, true));
        sandbox.Clock.Advance(TimeSpan.FromHours(1));
        (await SizeAsync(sandbox)).ShouldBe((999, false));
    }

    [Fact]
    public async Task An_audience_that_is_being_updated_is_not_editable_when_the_account_is_configured_so()
    {
        await using var sandbox = await StartAsync(new TikTokSettings { BusyS = 30 });
        (await sandbox.AddAsync("a")).ApiCode().ShouldBe(0);
        var refused = await sandbox.AddAsync("b");
        refused.ApiCode().ShouldBe(40002);
        refused.Json.GetProperty("message").GetString().ShouldBe("Audience is not editable, please check audience status");
        sandbox.Clock.Advance(TimeSpan.FromSeconds(30));
        (await sandbox.AddAsync("b")).ApiCode().ShouldBe(0);
    }

    [Fact]
    public async Task The_list_is_paged_and_uses_another_name_for_the_type()
    {
        await using var sandbox = await StartAsync();
        await CreateAsync(sandbox, "third");
        var data = (await sandbox.GetAsync($"dmp/custom_audience/list/?advertiser_id={Advertiser}&page=2&page_size=2")).Json.GetProperty(
            "data"
        );
        data.GetProperty("list")[0].GetProperty("name").GetString().ShouldBe("third");
        data.GetProperty("list")[0].GetProperty("audience_type").GetString().ShouldBe("Partner");
        data.GetProperty("page_info").GetRawText().ShouldBe("""{"page":2,"page_size":2,"total_number":3,"total_page":2}""");
        (await sandbox.GetAsync($"dmp/custom_audience/list/?advertiser_id={Advertiser}&page_size=101")).ApiCode().ShouldBe(40002);
        (await sandbox.GetAsync("dmp/custom_audience/list/")).ApiCode().ShouldBe(40002);
        (await sandbox.GetAsync($"dmp/custom_audience/get/?advertiser_id={Advertiser}&custom_audience_ids=1234")).ApiCode().ShouldBe(40002);
        (await sandbox.GetAsync($"dmp/custom_audience/get/?advertiser_id={Advertiser}&custom_audience_ids=%5B%229999%22%5D"))
            .ApiCode()
            .ShouldBe(40007);
    }

    [Fact]
    public async Task Several_audiences_are_deleted_in_one_call_and_a_reset_restores_the_configured_ones()
    {
        await using var sandbox = await StartAsync();
        var made = await CreateAsync(sandbox, "made");
        (
            await sandbox.PostAsync(
                "dmp/custom_audience/delete/",
                new { advertiser_id = Advertiser, custom_audience_ids = new[] { Audience, made } }
            )
        )
            .ApiCode()
            .ShouldBe(0);
        (await sandbox.AddAsync("a")).ApiCode().ShouldBe(40007);
        await sandbox.Client.PostAsync("/admin/reset", null);
        (await sandbox.AddAsync("a")).ApiCode().ShouldBe(0);
        (await sandbox.AdminAsync("lists")).GetArrayLength().ShouldBe(4);
    }

    private static async Task<(int Cover, bool Valid)> SizeAsync(TikTokSandbox sandbox)
    {
        var details = await sandbox.DetailsAsync();
        return (details.GetProperty("cover_num").GetInt32(), details.GetProperty("is_valid").GetBoolean());
    }

    private static async Task<string> CreateAsync(TikTokSandbox sandbox, string name)
    {
        var response = await sandbox.PostAsync(
            Path,
            new
            {
                advertiser_id = Advertiser,
                action = "create",
                custom_audience_name = name,
            }
        );
        response.ApiCode().ShouldBe(0, response.Text);
        return response.Json.GetProperty("data").GetProperty("audience_id").GetString()!;
    }
}
