using System.Text;
using System.Text.Json;
using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Tests.Google;
using AudienceSync.Connectors.Tests.Meta;
using AudienceSync.Connectors.Tests.TikTok;

namespace AudienceSync.Connectors.Tests.Http;

/// <summary>What is kept of a call: enough to see what happened, and nothing about a person.</summary>
public sealed class ExchangeTests
{
    [Fact]
    public async Task A_call_keeps_method_path_counts_by_kind_and_three_short_digests()
    {
        using var recorder = ExchangeRecorder.Start();
        var network = ScriptedNetwork.Answering(200, MetaAccountOnWire.Taken);
        await new MetaAccountOnWire(network, appSecret: "an-app-secret").AddAsync(
            MetaAccountOnWire.Mary,
            MetaAccountOnWire.Mary with
            {
                Phone = null,
            }
        );

        var kept = recorder.Last.ShouldNotBeNull();
        (kept.Method, kept.Path, kept.Status, kept.Requests).ShouldBe(("POST", "/v27.0/238500000000001/users", 200, 1));
        kept.Body.ShouldBe(
            """{"payload":{"schema":["EMAIL","PHONE"],"data":{"members":2,"kinds":{"EMAIL":2,"PHONE":1},"first":["f1904c","1ef970","f1904c"]}}}"""
        );
        JsonDocument
            .Parse(kept.Response!)
            .RootElement.GetProperty("audience_id")
            .GetString()
            .ShouldBe("23853262716910525", "an id, not a phone number");
        kept.Response!.ShouldContain("\"num_received\":1");
    }

    [Fact]
    public async Task Rows_of_other_forms_are_counted_by_kind_too()
    {
        using var recorder = ExchangeRecorder.Start();
        await new TikTokAccountOnWire(ScriptedNetwork.Answering(200, TikTokAccountOnWire.Taken)).AddAsync(
            TikTokAccountOnWire.Jane,
            TikTokAccountOnWire.Jane with
            {
                Phone = null,
            }
        );
        recorder.Last!.Body.ShouldContain(
            """
            "id_schema":["EMAIL_SHA256","PHONE_SHA256"],"batch_data":{"members":2,"kinds":{"EMAIL_SHA256":2,"PHONE_SHA256":1},"first":["d61173","a6e82c","d61173"]}
            """.Trim()
        );

        await new GoogleAccountOnWire(new TokenedNetwork((200, GoogleAccountOnWire.Taken))).AddAsync(GoogleAccountOnWire.Cloudy);
        recorder.Last!.Path.ShouldBe("/v1/audienceMembers:ingest");
        recorder.Last.Body.ShouldContain("\"audienceMembers\":{\"members\":1,\"kinds\":{\"emailAddress\":1,\"phoneNumber\":1},");
        recorder.Last.Body.ShouldContain("\"accountId\":\"7693729833\"");
    }

    [Fact]
    public async Task A_request_for_a_token_is_not_kept()
    {
        using var recorder = ExchangeRecorder.Start();
        var network = new TokenedNetwork((200, GoogleAccountOnWire.Taken)) { TokenAnswer = (400, """{"error":"invalid_grant"}""") };
        await new GoogleAccountOnWire(network).AddAsync(GoogleAccountOnWire.Cloudy);
        network.TokenRequests.ShouldNotBeEmpty();
        recorder.Last.ShouldBeNull();
    }

    [Fact]
    public async Task A_call_without_a_response_keeps_its_request()
    {
        using var recorder = ExchangeRecorder.Start();
        var network = new ScriptedNetwork(_ => throw new HttpRequestException("the connection was reset"));
        (await new TikTokAccountOnWire(network).AddAsync(TikTokAccountOnWire.Jane)).Outcome.Code.ShouldBe("network");
        var kept = recorder.Last.ShouldNotBeNull();
        kept.Body.ShouldContain("\"members\":1");
        (kept.Status, kept.Response).ShouldBe((null, null));
    }

    [Fact]
    public void A_response_is_valid_json_of_four_kilobytes_at_most()
    {
        var long_ =
            $$"""{"a":[{{string.Join(',', Enumerable.Range(0, 500).Select(n => $$"""{"index":{{n}},"why":"a row was refused"}"""))}}],"z":1}""";
        var kept = Clean(long_);
        Encoding.UTF8.GetByteCount(kept).ShouldBeInRange(3_000, CallExchange.MaxResponseBytes);
        JsonDocument.Parse(kept).RootElement.GetProperty("a")[0].GetProperty("why").GetString().ShouldBe("a row was refused");

        Clean("<html>ann@example.com</html>").ShouldBe("""{"not_json_bytes":28}""");
        Clean("").ShouldBe("""{"not_json_bytes":0}""");
        Clean("""{"a":"\ud800"}""").ShouldBe("""{"not_json_bytes":14}""");
        var sentence = Clean($$"""{"m":"{{string.Concat(Enumerable.Repeat("word ", 1_000))}}"}""");
        sentence.Length.ShouldBeLessThan(2_100);
        sentence.ShouldEndWith("word***\"}");
    }

    [Theory]
    [InlineData(
        "Unsupported post request. Object with ID '238500000000001' does not exist",
        "Unsupported post request. Object with ID '238500000000001' does not exist"
    )]
    [InlineData(
        "row 17 of 10000 was refused: DESTINATION_ACCOUNT_NOT_ENABLED_FOR_THIS",
        "row 17 of 10000 was refused: DESTINATION_ACCOUNT_NOT_ENABLED_FOR_THIS"
    )]
    [InlineData("mail ann@example.com, or ann%40example.com", "mail ***, or ***")]
    [InlineData("call +44 20 7946 0958 or (555) 987-6543", "call +*** or (***")]
    [InlineData("digest 0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef.", "digest ***.")]
    [InlineData("token EAABsbCS1iHgBAKZCZB9ZAZA12345 expired", "token *** expired")]
    public void What_helps_is_kept_and_what_identifies_is_not(string text, string kept) =>
        new ResponseText([], "/v25.0/238500000000001/users").Clean(text).ShouldBe(kept);

    private static string Clean(string response) => new ResponseText([], "/").Clean(Encoding.UTF8.GetBytes(response));
}
