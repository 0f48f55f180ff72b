using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>Bytes, Unicode and JSON: valid and invalid text.</summary>
public sealed class TextTests(IngestHost given) : IClassFixture<IngestHost>
{
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("nonsense")]
    [InlineData("{'event':1}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("/* why */ {}")]
    public async Task A_body_that_is_not_json_is_malformed(string body) =>
        (await given.Host.PostAsync(body)).Code.ShouldBe("malformed_json");

    [Fact]
    public async Task A_property_may_not_appear_twice() =>
        (await given.Host.PostAsync(Sample.Raw("\"event\":\"audience_remove\""))).Code.ShouldBe("malformed_json");

    [Fact]
    public async Task A_property_may_not_appear_twice_in_the_person() =>
        (await given.Host.PostAsync(Sample.Raw("\"x\":{\"email\":\"a\",\"email\":\"b\"}"))).Code.ShouldBe("malformed_json");

    [Theory]
    [InlineData("{}")]
    [InlineData("x")]
    [InlineData("]")]
    public async Task Nothing_may_follow_the_body(string rest) =>
        (await given.Host.PostAsync(Sample.Event().ToJsonString() + rest)).Code.ShouldBe("malformed_json");

    [Fact]
    public async Task White_space_around_the_body_is_ignored() =>
        (await given.Host.PostAsync("\r\n " + Sample.Event().ToJsonString() + " \n")).Status.ShouldBe(200);

    [Theory]
    [InlineData("a\\u0000b")]
    [InlineData("\\u0000")]
    [InlineData("\\ud83d")]
    [InlineData("\\ude00\\ud83d")]
    public async Task Invalid_text_corrupts_its_own_field_and_nothing_else(string defect)
    {
        var answer = await given.Host.PostAsync(Sample.Raw($"\"context\":{{\"step\":\"{defect}\",\"journey\":\"cart\"}}"));
        answer.Warnings().ShouldBe(["invalid_text context.step"]);
        JsonNode.Parse(await given.Host.StoredAsync(answer))!["context"]!.ToJsonString().ShouldBe("""{"journey":"cart"}""");
    }

    [Fact]
    public async Task Invalid_text_in_a_field_that_is_not_read_is_ignored()
    {
        var answer = await given.Host.PostAsync($"[{Sample.Raw("\"x\":\"\\u0000\"")},{Sample.Raw("\"x\":\"\\ud83d\"")}]");
        answer.Results.ShouldAllBe(receipt =>
            receipt.EnumerateObject().Count() == 2 && receipt.GetProperty("status").GetString() == "accepted"
        );
    }

    [Fact]
    public async Task An_escaped_backslash_before_u0000_is_text()
    {
        var answer = await given.Host.PostAsync(Sample.Raw("\"context\":{\"step\":\"a\\\\u0000b\"}"));
        answer.Warnings().ShouldBeEmpty();
        JsonNode.Parse(await given.Host.StoredAsync(answer))!["context"]!["step"]!.GetValue<string>().ShouldBe("a\\u0000b");
    }

    [Theory]
    [InlineData("a\\u0000b")]
    [InlineData("\\ud83d")]
    public async Task A_corrupt_identifier_of_an_add_is_left_out_when_another_is_usable(string defect)
    {
        var body = Sample.Of(new JsonObject { ["customer_id"] = "MARK", ["email"] = "corrupt@example.com" }).ToJsonString();
        var answer = await given.Host.PostAsync(body.Replace("MARK", defect, StringComparison.Ordinal));
        answer.Warnings().ShouldBe(["invalid_text person.customer_id"]);
    }

    [Theory]
    [InlineData("event")]
    [InlineData("event_id")]
    [InlineData("audience_key")]
    [InlineData("occurred_at")]
    [InlineData("schema_version")]
    public async Task Half_a_surrogate_pair_in_a_field_that_an_add_needs_is_invalid_text(string field)
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
    public async Task Bytes_that_are_not_utf8_are_malformed(byte wrong)
    {
        var body = Encoding.UTF8.GetBytes(Sample.With("event_id", "MARK").ToJsonString());
        body[body.AsSpan().IndexOf("MARK"u8)] = wrong;
        var answer = await given.Host.SendAsync(Webhook.Signed(body));
        answer.Status.ShouldBe(422);
        answer.Code.ShouldBe("malformed_json");
    }

    [Fact]
    public async Task Bytes_that_are_not_utf8_are_malformed_even_in_a_field_that_is_not_read()
    {
        var body = Encoding.UTF8.GetBytes(Sample.With("note", "MARK").ToJsonString());
        body[body.AsSpan().IndexOf("MARK"u8)] = 0xFF;
        (await given.Host.SendAsync(Webhook.Signed(body))).Code.ShouldBe("malformed_json");
    }

    [Fact]
    public async Task Text_beyond_Latin_is_kept()
    {
        var answer = await given.Host.PostAsync(Sample.With("context", new JsonObject { ["journey"] = "Größe 表 ☃" }));
        JsonNode.Parse(await given.Host.StoredAsync(answer))!["context"]!["journey"]!.GetValue<string>().ShouldBe("Größe 表 ☃");
    }
}
