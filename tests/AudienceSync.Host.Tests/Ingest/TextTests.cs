using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>Bytes, Unicode and JSON: what is text, and what is not.</summary>
public sealed class TextTests(IngestHost given) : IClassFixture<IngestHost>
{
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("nonsense")]
    [InlineData("{'event':1}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("/* why */ {}")]
    public async Task What_is_no_json_is_malformed(string body) => (await given.Host.PostAsync(body)).Code.ShouldBe("malformed_json");

    [Fact]
    public async Task A_property_may_not_come_twice() => (await given.Host.PostAsync(Sample.Raw("\"event\":\"audience_remove\""))).Code.ShouldBe("malformed_json");

    [Fact]
    public async Task A_property_may_not_come_twice_in_the_person() =>
        (await given.Host.PostAsync(Sample.Raw("\"x\":{\"email\":\"a\",\"email\":\"b\"}"))).Code.ShouldBe("malformed_json");

    [Theory]
    [InlineData("{}")]
    [InlineData("x")]
    [InlineData("]")]
    public async Task Nothing_may_follow_the_body(string rest) => (await given.Host.PostAsync(Sample.Event().ToJsonString() + rest)).Code.ShouldBe("malformed_json");

    [Fact]
    public async Task White_space_around_the_body_is_nothing() => (await given.Host.PostAsync("\r\n " + Sample.Event().ToJsonString() + " \n")).Status.ShouldBe(200);

    [Fact]
    public async Task The_character_nul_waits_because_the_store_cannot_keep_it()
    {
        var answer = await given.Host.PostAsync(Sample.Raw("\"context\":{\"step\":\"a\\u0000b\"}"));
        answer.Status.ShouldBe(202);
        answer.Code.ShouldBe("nul_character");
    }

    [Fact]
    public async Task The_character_nul_in_one_event_of_an_array_holds_only_that_one()
    {
        var answer = await given.Host.PostAsync($"[{Sample.Event().ToJsonString()},{Sample.Raw("\"x\":\"\\u0000\"")}]");
        answer.Results.Select(receipt => receipt.GetProperty("status").GetString()).ShouldBe(["accepted", "quarantined"]);
    }

    [Theory]
    [InlineData("\"context\":{\"step\":\"\\ud83d\"}")]
    [InlineData("\"context\":{\"step\":\"\\ude00\\ud83d\"}")]
    public async Task Half_a_surrogate_pair_is_no_text(string fields)
    {
        var answer = await given.Host.PostAsync(Sample.Raw(fields));
        answer.Status.ShouldBe(422);
        answer.Code.ShouldBe("invalid_text");
    }

    [Theory]
    [InlineData("event")]
    [InlineData("event_id")]
    [InlineData("audience_key")]
    [InlineData("occurred_at")]
    [InlineData("schema_version")]
    public async Task Half_a_surrogate_pair_in_any_field_is_no_text(string field)
    {
        var body = Sample.With(field, "MARK").ToJsonString().Replace("MARK", "\\ud83d", StringComparison.Ordinal);
        (await given.Host.PostAsync(body)).Code.ShouldBe("invalid_text");
    }

    [Fact]
    public async Task A_whole_surrogate_pair_is_text()
    {
        var answer = await given.Host.PostAsync(Sample.Raw("\"context\":{\"step\":\"\\ud83d\\ude00\"}"));
        JsonNode.Parse(await given.Host.StoredAsync(answer))!["context"]!["step"]!.GetValue<string>().ShouldBe("😀");
    }

    [Theory]
    [InlineData(0xFF)]
    [InlineData(0xC3)]
    [InlineData(0x80)]
    public async Task Bytes_that_are_no_utf8_are_malformed(byte wrong)
    {
        var body = Encoding.UTF8.GetBytes(Sample.With("event_id", "MARK").ToJsonString());
        body[body.AsSpan().IndexOf("MARK"u8)] = wrong;
        var answer = await given.Host.SendAsync(Webhook.Signed(body));
        answer.Status.ShouldBe(422);
        answer.Code.ShouldBe("malformed_json");
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_are_malformed_in_a_field_that_nobody_reads_too()
    {
        var body = Encoding.UTF8.GetBytes(Sample.With("note", "MARK").ToJsonString());
        body[body.AsSpan().IndexOf("MARK"u8)] = 0xFF;
        (await given.Host.SendAsync(Webhook.Signed(body))).Code.ShouldBe("malformed_json");
    }

    [Fact]
    public async Task A_name_beyond_latin_is_kept()
    {
        var answer = await given.Host.PostAsync(Sample.With("context", new JsonObject { ["journey"] = "Größe 表 ☃" }));
        JsonNode.Parse(await given.Host.StoredAsync(answer))!["context"]!["journey"]!.GetValue<string>().ShouldBe("Größe 表 ☃");
    }
}
