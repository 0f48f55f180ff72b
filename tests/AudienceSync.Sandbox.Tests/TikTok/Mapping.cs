using AudienceSync.Sandbox.TikTok;
using static AudienceSync.Sandbox.Tests.Sample;
using static AudienceSync.Sandbox.Tests.TikTok.TikTokSandbox;

namespace AudienceSync.Sandbox.Tests.TikTok;

public sealed class Mapping
{
    private const string Path = "segment/mapping/";

    [Fact]
    public async Task Members_are_added_and_deleted_cell_by_cell_and_the_response_contains_no_counts()
    {
        await using var sandbox = await StartAsync();
        var response = await sandbox.AddAsync("a", "b");
        response.Json.GetProperty("message").GetString().ShouldBe("OK");
        response.Json.GetProperty("data").GetRawText().ShouldBe("{}");
        response.Json.GetProperty("request_id").GetString().ShouldStartWith("20231015000000");
        response.Headers.GetValues("X-TT-LOGID").Single().ShouldBe(response.Json.GetProperty("request_id").GetString());
        (await sandbox.RemoveAsync("a", "nobody")).ApiCode().ShouldBe(0);
        (await sandbox.HeldAsync()).ShouldBe(Sorted("b"));
        (await sandbox.TotalsAsync("add")).GetProperty("applied").GetInt64().ShouldBe(2);
        (await sandbox.TotalsAsync("remove")).GetProperty("removed").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task Ids_are_positional_and_may_name_different_audiences()
    {
        await using var sandbox = await StartAsync();
        var body = Body("add");
        body["id_schema"] = new[] { "phone_sha256", "EMAIL_SHA256", "AAID_MD5" };
        const string Md5 = "E80B5017098950FC58AAD83C8C14978E";
        body["batch_data"] = new[]
        {
            new[] { Id("+1"), Id("a", Audience, OtherAudience), new { } },
            new[] { new { }, new { }, (object)new { id = Md5, audience_ids = new[] { OtherAudience } } },
        };
        (await sandbox.PostAsync(Path, body)).ApiCode().ShouldBe(0);
        (await sandbox.HeldAsync("PHONE_SHA256")).ShouldBe(Sorted("+1"));
        (await sandbox.HeldAsync()).ShouldBe(Sorted("a"));
        (await sandbox.HeldAsync(audience: OtherAudience)).ShouldBe(Sorted("a"));
        (await sandbox.HeldAsync("AAID_MD5", OtherAudience)).ShouldBe(Sorted(Md5.ToLowerInvariant()));
    }

    [Theory]
    [InlineData("action", "\"replace\"", 40002)]
    [InlineData("action", "1", 40002)]
    [InlineData("id_schema", "[]", 40002)]
    [InlineData("id_schema", "[\"GAID_SHA256\"]", 40002)]
    [InlineData("id_schema", "[\"EMAIL_SHA256\",\"email_sha256\"]", 40002)]
    [InlineData("batch_data", "[]", 40002)]
    [InlineData("batch_data", "[[]]", 40002)]
    [InlineData("batch_data", "[[{},{}]]", 40002)]
    [InlineData("batch_data", "[[{}]]", 40002)]
    [InlineData("batch_data", "[[\"x\"]]", 40002)]
    [InlineData("batch_data", "[[{\"id\":\"xyz\",\"audience_ids\":[\"1234\"]}]]", 40002)]
    [InlineData("batch_data", "[[{\"id\":\"HASH\",\"audience_ids\":[]}]]", 40002)]
    [InlineData("batch_data", "[[{\"id\":\"HASH\",\"audience_ids\":[1234]}]]", 40002)]
    [InlineData("batch_data", "[[{\"id\":\"HASH\",\"audience_ids\":[\"9999\"]}]]", 40002)]
    [InlineData("batch_data", "[[{\"id\":\"HASH\",\"audience_ids\":[\"1234\"],\"type\":1}]]", 40002)]
    [InlineData("advertiser_ids", "\"7000000000000000001\"", 40002)]
    [InlineData("advertiser_ids", "[]", 40002)]
    [InlineData("advertiser_ids", "[\"1\"]", 40300)]
    [InlineData("advertiser_ids", "[\"7000000000000000003\"]", 40001)]
    [InlineData("advertiser_id", "\"7000000000000000001\"", 40002)]
    public async Task An_invalid_field_refuses_the_whole_call_inside_http_200(string name, string value, int code)
    {
        await using var sandbox = await StartAsync();
        var body = Body("add", "good");
        body[name] = System.Text.Json.JsonSerializer.Deserialize<object>(value.Replace("HASH", Hash("a"), StringComparison.Ordinal))!;
        (await sandbox.PostAsync(Path, body)).ApiCode().ShouldBe(code);
        (await sandbox.HeldAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task One_invalid_row_refuses_all_rows()
    {
        await using var sandbox = await StartAsync();
        var body = Body("add", "good");
        body["batch_data"] = new[] { [Id("good")], new[] { (object)new { id = "short", audience_ids = new[] { Audience } } } };
        var response = await sandbox.PostAsync(Path, body);
        response.ApiCode().ShouldBe(40002);
        response.Json.GetProperty("message").GetString()!.ShouldContain("batch_data[1]");
        (await sandbox.HeldAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_call_takes_ten_thousand_rows_and_no_more()
    {
        await using var sandbox = await StartAsync();
        var rows = Enumerable.Range(0, 10_000).Select(row => $"{row}").ToArray();
        (await sandbox.AddAsync(rows)).ApiCode().ShouldBe(0);
        (await sandbox.AddAsync([.. rows, "one more"])).ApiCode().ShouldBe(40011);
        (await sandbox.HeldAsync()).Length.ShouldBe(10_000);
    }

    [Fact]
    public async Task Accounts_of_one_call_share_a_business_center()
    {
        await using var sandbox = await StartAsync(sister: new TikTokSettings { BusinessCenter = "elsewhere" });
        var body = Body("add", "a");
        body["advertiser_ids"] = new[] { Advertiser, SisterAdvertiser };
        (await sandbox.PostAsync(Path, body)).ApiCode().ShouldBe(40002);
        await using var together = await StartAsync();
        (await together.PostAsync(Path, body)).ApiCode().ShouldBe(0);
    }

    [Fact]
    public async Task The_hash_of_the_empty_string_is_counted_and_matches_no_person()
    {
        await using var sandbox = await StartAsync();
        (await sandbox.AddAsync("", "a")).ApiCode().ShouldBe(0);
        (await sandbox.HeldAsync()).ShouldBe(Sorted("a"));
        (await sandbox.TotalsAsync("add")).GetProperty("empty_hash").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task A_body_that_cannot_be_read_is_a_parameter_error()
    {
        await using var sandbox = await StartAsync();
        (await sandbox.PostAsync(Path, "{")).ApiCode().ShouldBe(40002);
        (await sandbox.PostAsync(Path, "[]")).ApiCode().ShouldBe(40002);
        (await sandbox.PostAsync(Path, """{"action":"\ud800"}""")).ApiCode().ShouldBe(40002);
        (await sandbox.PostAsync(Path, """{"\ud800":1}""")).ApiCode().ShouldBe(40002);
        (await sandbox.PostAsync(Path, """{"action":"add","action":"delete"}""")).ApiCode().ShouldBe(40002);
    }
}
